/** Who types just now in a channel: until nothing is told of it for a few seconds, or a message comes. */
export type Typing = {
  typed(person: string): void;
  stopped(person: string): void;
  close(): void;
};

const TYPING_MS = 6_000;

export function createTyping(show: (typing: readonly string[]) => void): Typing {
  /** In the order in which they began. */
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  const stopped = (person: string): void => {
    if (!timers.has(person)) return;
    clearTimeout(timers.get(person));
    timers.delete(person);
    show([...timers.keys()]);
  };

  return {
    typed: (person) => {
      const isKnown = timers.has(person);
      clearTimeout(timers.get(person));
      timers.set(
        person,
        setTimeout(() => stopped(person), TYPING_MS),
      );
      if (!isKnown) show([...timers.keys()]);
    },
    stopped,
    close: () => timers.forEach(clearTimeout),
  };
}
