/** The channel events a device has: per channel everything up to the cursor, and some beyond it that arrived early. */
export type ReceivedSeqs = ReturnType<typeof createReceivedSeqs>;

export function createReceivedSeqs(channels: readonly string[]) {
  const received = new Map(channels.map((channel) => [channel, { cursor: -1, early: new Set<number>(), seqs: [] as number[] }]));
  return {
    add: (channel: string, seq: number) => {
      const known = received.get(channel);
      if (known === undefined || seq <= known.cursor) return;
      known.early.add(seq);
      while (known.early.delete(known.cursor + 1)) known.seqs.push(++known.cursor);
    },
    cursorOf: (channel: string) => received.get(channel)?.cursor ?? -1,
    cursors: () => Object.fromEntries([...received].map(([channel, { cursor }]) => [channel, cursor])),
    seqsOf: (channel: string): readonly number[] => received.get(channel)?.seqs ?? [],
  };
}
