/** A client for tests: a real WebSocket that holds every frame, sent or received, against the AsyncAPI document. */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { v4, v7 } from 'uuid';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { asyncApiDocument, receivedName, sentName } from '../protocol/asyncapi.ts';
import type { ServerFrame, ServerFrameType } from '../protocol/frames.ts';

export type ServerFrameOf<Type extends ServerFrameType> = Extract<ServerFrame, { readonly type: Type }>;
type Closed = { readonly code: number; readonly reason: string };
export type Account = { readonly person: PersonId; readonly session: string; readonly token: string };

export type Client = AsyncDisposable & {
  readonly socket: WebSocket;
  readonly frames: readonly ServerFrame[];
  /** What doesn't agree with the document; no test may leave any. */
  readonly faults: readonly string[];
  send(frame: object): void;
  /** Whatever it is, past the document. */
  sendRaw(data: string | Buffer): void;
  /** The first frame of the type, from now or earlier, that is like this and was not taken before. */
  take<Type extends ServerFrameType>(type: Type, isLike?: (frame: ServerFrameOf<Type>) => boolean): Promise<ServerFrameOf<Type>>;
  /** Says it and answers the acknowledgement. */
  sendMessage(channel: ChannelId, text: string): Promise<ServerFrameOf<'ack'>>;
  /** Resolves when everything that the gateway had to say before this is here. */
  roundTrip(): Promise<void>;
  readonly closed: Promise<Closed>;
};

const PATIENCE_MS = 20_000;
const { schemas } = asyncApiDocument().components;
const validators = new Map(Object.entries(schemas).map(([name, schema]) => [name, z.fromJSONSchema(schema as z.core.JSONSchema.JSONSchema)]));

export function faultOf(name: string, frame: unknown): string | undefined {
  const validator = validators.get(name);
  if (validator === undefined) return `the document has no ${name}`;
  const { error } = validator.safeParse(frame);
  return error === undefined
    ? undefined
    : `${name} ${JSON.stringify(frame).slice(0, 200)}: ${error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ')}`;
}

/** Connected, and nothing said. */
export async function openClient(url: string): Promise<Client> {
  const socket = new WebSocket(url);
  const frames: ServerFrame[] = [];
  const taken = new Set<ServerFrame>();
  const faults: string[] = [];
  let wake = Promise.withResolvers<void>();
  const closed = once(socket, 'close').then(([code, reason]) => ({ code: code as number, reason: String(reason) }));
  socket.on('error', () => undefined);
  socket.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString()) as ServerFrame;
    const fault = faultOf(receivedName(frame.type), frame);
    if (fault !== undefined) faults.push(fault);
    frames.push(frame);
    wake.resolve();
    wake = Promise.withResolvers();
  });
  const patience = new AbortController();
  await once(socket, 'open');

  const takeAny = async <Frame extends ServerFrame>(what: string, isIt: (frame: ServerFrame) => frame is Frame): Promise<Frame> => {
    for (const end = performance.now() + PATIENCE_MS; performance.now() < end && !patience.signal.aborted;) {
      const found = frames.find((frame): frame is Frame => !taken.has(frame) && isIt(frame));
      if (found !== undefined) {
        taken.add(found);
        return found;
      }
      await Promise.race([wake.promise, delay(PATIENCE_MS, undefined, { signal: patience.signal, ref: false }).catch(() => undefined)]);
    }
    throw new Error(`No ${what} came within ${PATIENCE_MS} ms or before the end; there were ${JSON.stringify(frames).slice(-2_000)}`);
  };
  const take: Client['take'] = (type, isLike = () => true) =>
    takeAny(type, (frame): frame is ServerFrameOf<typeof type> => frame.type === type && isLike(frame as ServerFrameOf<typeof type>));
  const send: Client['send'] = (frame) => {
    const fault = faultOf(sentName((frame as { type: string }).type), frame);
    if (fault !== undefined) faults.push(fault);
    socket.send(JSON.stringify(frame));
  };

  return {
    socket,
    frames,
    faults,
    send,
    sendRaw: (data) => socket.send(data),
    take,
    sendMessage: async (channel, text) => {
      const id = v7();
      send({ type: 'send', channel, id, text });
      const isAnswer = (frame: ServerFrame): frame is ServerFrameOf<'ack' | 'refused'> => (frame.type === 'ack' || frame.type === 'refused') && frame.id === id;
      const answer = await takeAny('answer', isAnswer);
      if (answer.type === 'refused') throw new Error(`refused: ${answer.code}`);
      return answer;
    },
    // Nothing can be said in a channel that there isn't, and it is refused in its turn.
    roundTrip: async () => {
      const id = v7();
      send({ type: 'send', channel: v4(), id, text: 'anybody?' });
      await take('refused', (refused) => refused.id === id);
    },
    closed,
    [Symbol.asyncDispose]: async () => {
      patience.abort();
      socket.terminate();
      await closed;
    },
  };
}

/** Connected and welcomed. */
export async function connectClient(
  url: string,
  { token }: Pick<Account, 'token'>,
  { device = 'phone', cursors }: { readonly device?: string; readonly cursors?: Readonly<Record<string, number>> } = {},
): Promise<Client & { readonly welcome: ServerFrameOf<'welcome'> }> {
  const client = await openClient(url);
  client.send({ type: 'hello', token, device, ...(cursors === undefined ? {} : { cursors }) });
  const welcome = await client.take('welcome');
  return { ...client, welcome };
}

/** The seqs of everything that was said in the channel, in the order in which it came. */
export const seqsOf = (frames: readonly ServerFrame[], channel: ChannelId): readonly number[] =>
  frames.flatMap((frame) => (frame.type === 'message' && frame.channel === channel ? [frame.seq] : []));
