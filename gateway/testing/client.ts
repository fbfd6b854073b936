/** A client for tests: a real WebSocket that checks every frame, sent or received, against the AsyncAPI document. */
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
  /** Frames that are not valid by the document; no test may leave any. */
  readonly faults: readonly string[];
  send(frame: object): void;
  /** Unchecked. */
  sendRaw(data: string | Buffer): void;
  /** The first frame of the type that matches and was not taken before; waits for it. */
  take<Type extends ServerFrameType>(type: Type, matches?: (frame: ServerFrameOf<Type>) => boolean): Promise<ServerFrameOf<Type>>;
  /** Resolves with the acknowledgement. Throws where the message is refused. */
  sendMessage(channel: ChannelId, text: string): Promise<ServerFrameOf<'ack'>>;
  /** Resolves when every frame that the gateway sent before is here. */
  roundTrip(): Promise<void>;
  readonly closed: Promise<Closed>;
};

const WAIT_MAX_MS = 20_000;
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

/** A connection without a `hello`. */
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
  const waiting = new AbortController();
  await once(socket, 'open');

  const takeAny = async <Frame extends ServerFrame>(what: string, isIt: (frame: ServerFrame) => frame is Frame): Promise<Frame> => {
    for (const end = performance.now() + WAIT_MAX_MS; performance.now() < end && !waiting.signal.aborted;) {
      const found = frames.find((frame): frame is Frame => !taken.has(frame) && isIt(frame));
      if (found !== undefined) {
        taken.add(found);
        return found;
      }
      await Promise.race([wake.promise, delay(WAIT_MAX_MS, undefined, { signal: waiting.signal, ref: false }).catch(() => undefined)]);
    }
    throw new Error(`No ${what} came within ${WAIT_MAX_MS} ms or before the end; there were ${JSON.stringify(frames).slice(-2_000)}`);
  };
  const take: Client['take'] = (type, matches = () => true) =>
    takeAny(type, (frame): frame is ServerFrameOf<typeof type> => frame.type === type && matches(frame as ServerFrameOf<typeof type>));
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
    // A message to an unknown channel is refused in its turn.
    roundTrip: async () => {
      const id = v7();
      send({ type: 'send', channel: v4(), id, text: 'anybody?' });
      await take('refused', (refused) => refused.id === id);
    },
    closed,
    [Symbol.asyncDispose]: async () => {
      waiting.abort();
      socket.terminate();
      await closed;
    },
  };
}

/** A connection that is welcomed. */
export async function connectClient(
  url: string,
  { token }: Pick<Account, 'token'>,
  { device = 'phone', ...kept }: { readonly device?: string; readonly cursors?: Readonly<Record<string, number>>; readonly epoch?: number } = {},
): Promise<Client & { readonly welcome: ServerFrameOf<'welcome'> }> {
  const client = await openClient(url);
  client.send({ type: 'hello', token, device, ...kept });
  const welcome = await client.take('welcome');
  return { ...client, welcome };
}

/** The seqs of the channel's events, in the order in which they came. */
export const seqsOf = (frames: readonly ServerFrame[], channel: ChannelId): readonly number[] =>
  frames.flatMap((frame) => (frame.type === 'message' && frame.channel === channel ? [frame.seq] : []));
