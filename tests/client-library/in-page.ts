/** What a test has a page do with the library, which the page loads as it would be published. Each call is by name, with what JSON can say. */
import type * as Library from '../../client/index.ts';
import type { OpenChannel, Tidings, TidingsOptions } from '../../client/index.ts';

type Given = Pick<TidingsOptions, 'read' | 'write' | 'device' | 'storedAs'> & { readonly token: string; readonly socket: string; readonly channel: string };

/** As the page has seen it since it was loaded. */
export type Seen = {
  readonly texts: readonly (string | null)[];
  readonly seqs: readonly number[];
  readonly outgoing: readonly { readonly text: string; readonly state: string; readonly code: string | undefined }[];
  readonly phase: string;
  readonly reason: string | undefined;
  readonly sockets: number;
  readonly refusals: readonly string[];
  readonly storageErrors: number;
};

let tidings: Tidings;
let channel: OpenChannel;
let token: string | undefined;
let [sockets, storageErrors] = [0, 0];
const refusals: string[] = [];

const calls = {
  open: async ({ socket, channel: id, token: given, ...options }: Given) => {
    const { openTidings } = (globalThis as unknown as { readonly library: typeof Library }).library;
    token = given;
    tidings = await openTidings({
      ...options,
      token: () => token,
      openSocket: () => {
        sockets++;
        return new WebSocket(socket);
      },
      onStorageError: () => storageErrors++,
    });
    tidings.chat.onFrame((frame) => frame.type === 'refused' && refusals.push(frame.code));
    channel = await tidings.chat.channel(id);
  },
  load: () => channel.load(),
  connect: () => tidings.chat.connect(),
  setToken: (next: string) => {
    token = next;
  },
  send: async (texts: readonly string[]) => {
    for (const text of texts) await channel.send(text);
  },
  /** Random bytes, so that nothing makes them fewer. Resolves with the media's id. */
  upload: (bytes: number) => {
    const pieces = Array.from({ length: Math.ceil(bytes / 65_536) }, () => crypto.getRandomValues(new Uint8Array(65_536)));
    return tidings.upload(new Blob(pieces), { as: 'file' });
  },
  seen: (): Seen => {
    const { messages, outgoing } = channel.state.value;
    const { phase, reason } = tidings.chat.connection.value;
    return {
      texts: messages.map(({ text }) => text),
      seqs: messages.map(({ seq }) => seq),
      outgoing: outgoing.map(({ frame, state, failure }) => ({ text: 'text' in frame ? frame.text : frame.type, state, code: failure?.code })),
      phase,
      reason,
      sockets,
      refusals,
      storageErrors,
    };
  },
} as const;

export type Calls = typeof calls;

(globalThis as unknown as { calls: Calls }).calls = calls;
