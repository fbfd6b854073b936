/** Things that undo each other, sent one after the other: the last that was asked for is the last that arrives. */
const running = new Map<string, Promise<unknown>>();

/** `what` begins once all that was given under this name before has ended, well or not. */
export function inTurn<Answer>(name: string, what: () => Promise<Answer>): Promise<Answer> {
  const before = running.get(name) ?? Promise.resolve();
  const own = before.then(what, what);
  const settled = own.then(
    () => undefined,
    () => undefined,
  );
  running.set(name, settled);
  void settled.then(() => running.get(name) === settled && running.delete(name));
  return own;
}
