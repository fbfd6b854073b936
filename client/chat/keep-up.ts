/**
 * Keeps channels that nobody has before them as they are on the server: so that what has come is there without the network, and those who
 * wrote it see that it has arrived. One after the other, and few at a time: each costs two requests where something is missing.
 */
import type { Channel } from './channel.ts';

/** A channel, and how far it has come. */
export type ChannelHead = { readonly channel: string; readonly seq: number };

export type KeepUp = {
  keep(heads: readonly ChannelHead[]): void;
};

export type KeepUpDependencies = {
  readonly open: (id: string) => Promise<Channel>;
  /** Nobody has it open, and it is too long ago that something came. */
  readonly letGo: (id: string) => void;
};

export const KEPT_UP_MAX = 20;

export function createKeepUp({ open, letGo }: KeepUpDependencies): KeepUp {
  const asked = new Map<string, number>();
  /** In which something came last is at the end. */
  const kept = new Set<string>();
  let isWorking = false;

  const bringUp = async ({ channel: id, seq }: ChannelHead): Promise<void> => {
    const channel = await open(id);
    kept.delete(id);
    kept.add(id);
    const [oldest] = kept;
    if (kept.size > KEPT_UP_MAX && oldest !== undefined) {
      kept.delete(oldest);
      letGo(oldest);
    }
    if ((channel.cursor() ?? -1) >= seq) return;
    channel.behind(seq);
    await channel.load();
  };

  const work = async (): Promise<void> => {
    if (isWorking) return;
    isWorking = true;
    for (let [next] = asked; next !== undefined; [next] = asked) {
      const [channel, seq] = next;
      asked.delete(channel);
      await bringUp({ channel, seq }).catch(() => undefined); // whoever opens it learns why; what comes next asks again
    }
    isWorking = false;
  };

  return {
    keep: (heads) => {
      for (const { channel, seq } of heads.slice(0, KEPT_UP_MAX)) asked.set(channel, seq);
      void work();
    },
  };
}
