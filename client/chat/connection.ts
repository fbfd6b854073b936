/**
 * The connection to a gateway: found, opened, resumed by cursors, and opened again after whatever ends it, by the contract of the close
 * codes. A network that is dead though nobody says so is noticed by an answer that doesn't come.
 */
import { backoffMs, type Backoff } from '../http/backoff.ts';
import { observable, type Observable } from '../http/observable.ts';
import { TidingsProblem } from '../http/problem.ts';
import { TRANSITIONS, type Input, type Phase } from './connection-states.ts';
import type { components } from './generated/frames.ts';

type Schemas = components['schemas'];
export type ClientFrame = { [Name in keyof Schemas]: Name extends `client-${string}` ? Schemas[Name] : never }[keyof Schemas];
export type ServerFrame = { [Name in keyof Schemas]: Name extends `server-${string}` ? Schemas[Name] : never }[keyof Schemas];
export type ServerFrameOf<Type extends ServerFrame['type']> = Extract<ServerFrame, { readonly type: Type }>;

export type ConnectionState = {
  readonly phase: Phase;
  /** Why it ended, by the name in the AsyncAPI document; or `unauthorised` where there is no token. */
  readonly reason?: string;
};

export type ConnectionDependencies = {
  /** Null: none is available now. */
  readonly findGateway: () => Promise<string | null>;
  readonly token: () => string | undefined;
  readonly device: string;
  /** Per channel, the seq up to which this client has everything. */
  readonly cursors: () => Readonly<Record<string, number>>;
  readonly epoch: () => number | undefined;
  readonly onFrame: (frame: ServerFrame) => void;
  readonly openSocket?: (url: string) => WebSocket;
  readonly random?: () => number;
};

export type Connection = {
  readonly state: Observable<ConnectionState>;
  connect(): void;
  close(): void;
  /** False where it isn't live; nothing is kept. */
  send(frame: ClientFrame): boolean;
  /** Drops a socket that nothing comes from any more, and connects again. */
  reconnect(): void;
  /** What the device says of its network. */
  networkChanged(isThere: boolean): void;
};

const BACKOFF: Backoff = { firstMs: 500, maxMs: 30_000 };
/** Opening, and the answer to `hello`. */
const WELCOME_MS = 15_000;
/** From here on the same client would be refused again. */
const TERMINAL_FROM = 3500;
const TERMINAL_UNTIL = 4000;
/** RFC 6455: what the socket's library says of a client that doesn't keep to the protocol. */
const TERMINAL_OF_PROTOCOL: ReadonlySet<number> = new Set([1002, 1007, 1009]);
const REASONS: Readonly<Record<number, string>> = {
  3500: 'bad-frame',
  3501: 'unauthorised',
  3502: 'session-ended',
  3503: 'too-many-connections',
  1002: 'protocol-error',
  1007: 'invalid-payload',
  1009: 'message-too-big',
};
const NORMAL_CLOSE = 1000;

export function createConnection(dependencies: ConnectionDependencies): Connection {
  const { openSocket = (url) => new WebSocket(url), random = Math.random } = dependencies;
  const state = observable<ConnectionState>({ phase: 'closed' });
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let heartbeat: ReturnType<typeof setInterval> | undefined;
  let tries = 0;
  /** What belongs to an earlier socket, or to an earlier search for one, is no input any more. */
  let attempt = 0;

  const apply = (input: Input, reason?: string): void => {
    const { phase } = state.value;
    const [next, effect] = TRANSITIONS[phase][input];
    if (next !== phase) state.set({ phase: next, ...(reason === undefined || next !== 'ended' ? {} : { reason }) });
    switch (effect) {
      case 'open':
        return void open();
      case 'greet':
        return greet();
      case 'begin':
        clearTimeout(timer);
        tries = 0;
        return;
      case 'wait':
        drop();
        timer = setTimeout(() => apply('waited'), backoffMs(BACKOFF, ++tries, random));
        return;
      case 'drop':
        return drop();
      case 'nothing':
        return;
    }
  };

  const drop = (): void => {
    attempt++;
    clearTimeout(timer);
    clearInterval(heartbeat);
    const dropped = socket;
    socket = undefined;
    dropped?.close(NORMAL_CLOSE);
  };

  const open = async (): Promise<void> => {
    drop();
    const own = attempt;
    const isCurrent = () => own === attempt;
    timer = setTimeout(() => apply('lost'), WELCOME_MS);
    if (dependencies.token() === undefined) return apply('refused', 'unauthorised');
    const found = await dependencies.findGateway().catch((error: unknown) => ({ error }));
    if (!isCurrent()) return;
    if (found === null || typeof found === 'object') return isUnauthorised(found) ? apply('refused', 'unauthorised') : apply('lost');
    const opened = openSocket(found);
    socket = opened;
    opened.addEventListener('open', () => isCurrent() && apply('opened'));
    opened.addEventListener('error', () => undefined); // `close` follows
    opened.addEventListener('close', ({ code }) => isCurrent() && (isTerminal(code) ? apply('refused', REASONS[code] ?? String(code)) : apply('lost')));
    opened.addEventListener('message', ({ data }) => isCurrent() && receive(String(data)));
  };

  const greet = (): void => {
    const [token, epoch] = [dependencies.token(), dependencies.epoch()];
    if (token === undefined) return apply('refused', 'unauthorised');
    write({ type: 'hello', token, device: dependencies.device, cursors: { ...dependencies.cursors() }, ...(epoch === undefined ? {} : { epoch }) });
  };

  const receive = (text: string): void => {
    const frame = JSON.parse(text) as ServerFrame;
    if (frame.type === 'welcome') {
      apply('welcomed');
      heartbeat = setInterval(() => write({ type: 'heartbeat' }), frame.heartbeatEveryMs);
    }
    dependencies.onFrame(frame);
  };

  const write = (frame: ClientFrame): void => socket?.send(JSON.stringify(frame));

  return {
    state,
    connect: () => apply('connect'),
    close: () => apply('close'),
    send: (frame) => {
      if (state.value.phase !== 'live') return false;
      write(frame);
      return true;
    },
    reconnect: () => {
      if (state.value.phase === 'waiting') return;
      apply('lost');
    },
    networkChanged: (isThere) => apply(isThere ? 'network-back' : 'network-gone'),
  };
}

const UNAUTHORISED = 401;
const isUnauthorised = (found: { readonly error: unknown } | null): boolean => found?.error instanceof TidingsProblem && found.error.status === UNAUTHORISED;

const isTerminal = (code: number): boolean => (code >= TERMINAL_FROM && code < TERMINAL_UNTIL) || TERMINAL_OF_PROTOCOL.has(code);
