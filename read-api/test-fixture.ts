/**
 * The read API over everything that works behind the log, asked over real HTTP, for tests. What happens is commanded directly; every
 * answer is held against the document.
 */
import { randomUUID } from 'node:crypto';
import type { Handled } from '../commands/handling/handle.ts';
import type { AppId, ChannelId, PersonId, PostId } from '../domain/shared/ids.ts';
import { DAY_MS, plus } from '../domain/shared/instant.ts';
import { createAppSignatures, signRequest } from '../edge/auth/app-signature.ts';
import { createAuthentication } from '../edge/auth/callers.ts';
import type { Problem } from '../edge/problem.ts';
import type { EdgeEvent } from '../edge/telemetry-events.ts';
import { conformanceOf, type Conformance } from '../edge/testing/conformance.ts';
import { openTokens, type Tokens } from '../edge/auth/tokens.ts';
import type { Position } from '../ports/event-log/port.ts';
import { merge } from '../ports/event-log/position.ts';
import { givenWorkers, type Workplace } from '../workers/test-fixture.ts';
import type { PostView } from './feed/present.ts';
import type { InboxView } from './routes/inbox.ts';
import type { MessageView } from './routes/messages.ts';
import type { ReceivedView } from './received-notifications.ts';
import { startReadApi, type ReadApiConfig } from './read-api.ts';

const ADMIN_TOKEN = 'the-admin-token-of-a-test';

type Named = { readonly id: string; readonly name: string | null };

/** Fields that an answer of this API may have; a test that looks at one knows which it asked for. */
type Body = Problem & {
  readonly id: string;
  readonly name: string | null;
  readonly next: string | null;
  readonly posts: readonly PostView[];
  readonly people: readonly Named[];
  readonly received: readonly { readonly id: string; readonly person: Named }[];
  readonly sent: readonly { readonly id: string; readonly person: Named }[];
  readonly channels: readonly InboxView[];
  readonly members: readonly { readonly id: string; readonly readUpTo: number | null }[];
  readonly headSeq: number | null;
  readonly messages: readonly MessageView[];
  readonly more: boolean;
  readonly notifications: readonly ReceivedView[];
  readonly deliveries: readonly { readonly id: string; readonly status: string; readonly history: readonly { readonly what: string }[] }[];
};
export type Answer = { readonly status: number; readonly headers: Headers; readonly body: Body };

export type Person = { readonly person: PersonId; readonly session: string; readonly token: string };
export type App = { readonly app: AppId; readonly secret: string };
export type As = Person | App | 'operator' | 'nobody';

export type ReadApiFixture = AsyncDisposable & {
  readonly url: string;
  readonly work: Workplace;
  readonly tokens: Tokens;
  readonly events: readonly EdgeEvent[];
  readonly conformance: Conformance;
  /** How many listen for live hints. */
  readonly listeners: () => number;
  readonly ask: (as: As, path: string, headers?: Readonly<Record<string, string>>) => Promise<Answer>;
  /** As `ask`, once everything that was done is to be seen. */
  readonly see: (as: As, path: string) => Promise<Answer>;
  readonly headersOf: (as: As, path: string) => Record<string, string>;
  readonly person: (name?: string) => Promise<Person>;
  readonly app: (...enrolled: readonly Person[]) => Promise<App>;
  /** Remembers where it stands, and fails where it was refused. */
  readonly done: <Did extends Handled | { readonly handled: Handled }>(doing: Promise<Did>) => Promise<Did>;
  readonly friends: (one: Person, other: Person) => Promise<void>;
  readonly post: (author: Person, text?: string, replyTo?: PostId) => Promise<PostId>;
  readonly direct: (one: Person, other: Person) => Promise<ChannelId>;
  /** Answers its seq. */
  readonly say: (sender: Person, channel: ChannelId, text: string, mentions?: readonly Person[]) => Promise<number>;
  readonly stop: () => Promise<void>;
};

export async function givenReadApi(config: Partial<ReadApiConfig> = {}): Promise<ReadApiFixture> {
  const work = await givenWorkers();
  const { vault, clock, commands, by, time } = work;
  const tokens = await openTokens({ vault, clock });
  const events: EdgeEvent[] = [];
  const listening = countListeners(work.broadcast);
  const api = await startReadApi(
    {
      ...work,
      broadcast: listening,
      reached: work.projections.reached,
      tokens,
      authenticate: createAuthentication({ tokens, appSignatures: createAppSignatures({ vault, clock }), adminToken: ADMIN_TOKEN }),
      report: (event) => void events.push(event),
    },
    { host: '127.0.0.1', port: 0, minPositionWaitedMs: 10_000, ...config },
  );
  const conformance = await conformanceOf(api.url);
  let head: Position | undefined;

  const headersOf = (as: As, path: string): Record<string, string> => {
    if (as === 'nobody') return {};
    if (as === 'operator') return { authorization: `Bearer ${ADMIN_TOKEN}` };
    return 'token' in as ? { authorization: `Bearer ${as.token}` } : signRequest(as, { method: 'GET', path }, clock());
  };

  const ask: ReadApiFixture['ask'] = async (as, path, headers = {}) => {
    await time.advance(1); // so that no signature is sent twice
    const response = await fetch(api.url + path, { headers: { ...headersOf(as, path), ...headers } });
    const text = await response.text();
    const faults = conformance.faultsOf({ method: 'GET', path }, response, text);
    if (faults.length > 0) throw new Error(faults.join('\n'));
    return { status: response.status, headers: response.headers, body: JSON.parse(text) as Body };
  };

  const done: ReadApiFixture['done'] = async (doing) => {
    const did = await doing;
    const handled = 'handled' in did ? did.handled : (did as Handled);
    if (handled.outcome === 'refused') throw new Error(handled.refusal.code);
    head = merge(head, handled.position);
    return did;
  };

  const given: ReadApiFixture = {
    url: api.url,
    work,
    tokens,
    events,
    conformance,
    listeners: listening.count,
    headersOf,
    ask,
    see: (as, path) => ask(as, path, head === undefined ? {} : { 'min-position': head }),
    done,
    person: async (name = 'Somebody') => {
      const loginName = randomUUID();
      const { id: person } = await done(commands.signUp({ loginName, name, password: '' }, by(loginName)));
      const session = randomUUID();
      const expiresAt = plus(clock(), DAY_MS);
      await vault.put('session', session, { person, createdAt: clock(), expiresAt }, { owner: person });
      return { person, session, token: await tokens.issue({ person, session, expiresAt }) };
    },
    app: async (...enrolled) => {
      const { id: app, secret } = await done(commands.registerApp({ name: 'An app' }, by('system:operator')));
      for (const { person } of enrolled) await done(commands.enrol({ person, app }, by(person)));
      return { app, secret };
    },
    friends: async ({ person }, { person: other }) => {
      const { id: request } = await done(commands.requestFriend({ person, other }, by(person)));
      await done(commands.acceptFriend({ person: other, request }, by(other)));
    },
    post: async ({ person: author }, text = 'Hello', replyTo) => {
      await time.advance(1); // ids go by time
      return (await done(commands.publishPost({ author, text, ...(replyTo === undefined ? {} : { replyTo }) }, by(author)))).id;
    },
    direct: async ({ person }, { person: other }) => (await done(commands.openDirectChannel({ person, other }, by(person)))).id,
    say: async ({ person: sender }, channel, text, mentions = []) => {
      await time.advance(1);
      const mentioned = mentions.map(({ person }) => person);
      const said = await done(commands.postMessage({ channel, sender, text, clientId: randomUUID(), mentions: mentioned }, by(sender)));
      return said.outcome === 'refused' ? -1 : said.revision;
    },
    stop: async () => api[Symbol.asyncDispose](),
    [Symbol.asyncDispose]: async () => {
      await api[Symbol.asyncDispose]();
      await work[Symbol.asyncDispose]();
    },
  };
  return given;
}

function countListeners(broadcast: Workplace['broadcast']) {
  let count = 0;
  return {
    count: () => count,
    listen: (...args: Parameters<typeof broadcast.listen>): Disposable => {
      const listening = broadcast.listen(...args);
      count++;
      return {
        [Symbol.dispose]: () => {
          count--;
          listening[Symbol.dispose]();
        },
      };
    },
  };
}
