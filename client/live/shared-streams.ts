/**
 * The live streams of all tabs, each opened once: a browser has few connections to a server, and a stream keeps one. The leading tab reads, and
 * tells the others; whoever leads after it goes on behind the last event that it heard of.
 */
import type { Tabs } from '../tabs/tabs.ts';
import { TidingsProblem } from '../http/problem.ts';
import type { LiveEvent } from './event-stream.ts';

export type StreamName = 'feed' | 'notifications';
export type StreamOptions = { readonly signal?: AbortSignal; readonly lastEventId?: string };
export type OpenStream = (of: StreamName, options: StreamOptions) => AsyncGenerator<LiveEvent, void, undefined>;

type Problem = Pick<TidingsProblem, 'code' | 'status'> & { readonly detail: string };
type Heard = { readonly of: StreamName; readonly event: LiveEvent } | { readonly of: StreamName; readonly problem: Problem };

const TOPIC = { asks: 'streams/asks', wants: 'streams/wants', leaves: 'streams/leaves', heard: 'streams/heard' } as const;
/** Who reads so slowly has lost the oldest, and is told so. */
const WAITING_MAX = 1_000;
/** As the server begins a stream: something may have happened before. */
const READY: LiveEvent = { event: 'ready', id: undefined, data: {} };

export function shareStreams(tabs: Tabs, open: OpenStream): OpenStream {
  const streams = new Map<StreamName, SharedStream>();
  const streamOf = (of: StreamName): SharedStream => {
    const known = streams.get(of);
    if (known !== undefined) return known;
    const made = shareStream(of, tabs, open);
    streams.set(of, made);
    return made;
  };
  tabs.onTold<StreamName>(TOPIC.wants, (of, { from }) => streamOf(of).wanted(from));
  tabs.onTold<StreamName>(TOPIC.leaves, (of, { from }) => streamOf(of).left(from));
  tabs.onTold<Heard>(TOPIC.heard, (heard, { isOfLeader }) => {
    if (isOfLeader) streams.get(heard.of)?.hear(heard);
  });
  tabs.onTold(TOPIC.asks, () => streams.forEach((stream) => stream.want()));
  tabs.onJoined((tab) => tabs.tell(TOPIC.asks, undefined, tab));
  tabs.onLeft((tab) => streams.forEach((stream) => stream.left(tab)));
  // Behind an event that the caller read before, nobody else reads.
  return (of, options) => (options.lastEventId === undefined && tabs.isJoined.value ? streamOf(of).read(options.signal) : open(of, options));
}

type SharedStream = {
  want(): void;
  /** By another tab. */
  wanted(tab: string): void;
  left(tab: string): void;
  hear(heard: Heard): void;
  read(signal: AbortSignal | undefined): AsyncGenerator<LiveEvent, void, undefined>;
};

function shareStream(of: StreamName, tabs: Tabs, open: OpenStream): SharedStream {
  const readers = new Set<(heard: Heard) => void>();
  const others = new Set<string>();
  let running: AbortController | undefined;
  let lastEventId: string | undefined;

  const hear = (heard: Heard): void => {
    if ('event' in heard) lastEventId = heard.event.id ?? lastEventId;
    for (const reader of readers) reader(heard);
  };

  const run = async (): Promise<void> => {
    if (running !== undefined || !tabs.isLeader.value) return;
    const own = new AbortController();
    running = own;
    const share = (heard: Heard): void => {
      if (own.signal.aborted) return;
      tabs.tell(TOPIC.heard, heard);
      hear(heard);
    };
    try {
      for await (const event of open(of, { signal: own.signal, ...(lastEventId === undefined ? {} : { lastEventId }) })) share({ of, event });
    } catch (error) {
      if (error instanceof TidingsProblem) share({ of, problem: { code: error.code, status: error.status, detail: error.message } });
    } finally {
      if (running === own) running = undefined;
    }
  };

  const stop = (): void => {
    running?.abort();
    running = undefined;
  };
  const stopUnwanted = (): void => {
    if (readers.size === 0 && others.size === 0) stop();
  };
  const want = (): void => {
    if (readers.size === 0) return;
    if (tabs.isLeader.value) void run();
    else tabs.tell(TOPIC.wants, of);
  };

  tabs.isLeader.subscribe(() => {
    stop();
    others.clear();
    want();
  });

  async function* read(signal: AbortSignal | undefined): AsyncGenerator<LiveEvent, void, undefined> {
    const waiting: Heard[] = [];
    let wake = (): void => undefined;
    const reader = (heard: Heard): void => {
      if (waiting.push(heard) > WAITING_MAX) waiting.splice(0, waiting.length, { of, event: READY });
      wake();
    };
    const onEnd = () => wake();
    signal?.addEventListener('abort', onEnd);
    const stopWatching = tabs.isJoined.subscribe(onEnd);
    readers.add(reader);
    if (running !== undefined) reader({ of, event: READY });
    want();
    try {
      while (signal?.aborted !== true && tabs.isJoined.value) {
        const heard = waiting.shift();
        if (heard === undefined) await new Promise<void>((resolve) => (wake = resolve));
        else if ('problem' in heard) throw new TidingsProblem(heard.problem);
        else yield heard.event;
      }
    } finally {
      readers.delete(reader);
      stopWatching();
      signal?.removeEventListener('abort', onEnd);
      stopUnwanted();
      if (readers.size === 0) tabs.tell(TOPIC.leaves, of);
    }
  }

  return {
    want,
    wanted: (tab) => {
      if (!tabs.isLeader.value) return;
      others.add(tab);
      if (running === undefined) void run();
      else tabs.tell(TOPIC.heard, { of, event: READY } satisfies Heard, tab);
    },
    left: (tab) => {
      if (others.delete(tab)) stopUnwanted();
    },
    hear,
    read,
  };
}
