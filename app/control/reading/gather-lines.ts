/** Gathers lines of JSON: what is made in one turn of the event loop is sent at once, for a message of its own for each line costs more than to make it. */

const GATHERED_CHARACTERS_MAX = 64 * 1_024;

/** `send`: answers whether it takes more at once; `taken` resolves when it does. */
export type Sink = { send(text: string): boolean; isFull(): boolean; taken(): Promise<void> };

export type GatheredLines = {
  /** Waits for who reads slowly. */
  add(line: unknown): Promise<void>;
  /** What has been gathered, which the sink has not got. */
  take(): string;
};

export function gatherLines(sink: Sink): GatheredLines {
  let gathered = '';
  let flushing: NodeJS.Immediate | undefined;
  const take = (): string => {
    clearImmediate(flushing);
    const text = gathered;
    [flushing, gathered] = [undefined, ''];
    return text;
  };
  const flush = (): boolean => sink.send(take());
  return {
    add: async (line) => {
      gathered += `${JSON.stringify(line)}\n`;
      if (gathered.length < GATHERED_CHARACTERS_MAX && !sink.isFull()) flushing ??= setImmediate(flush);
      else if (!flush()) await sink.taken();
    },
    take,
  };
}
