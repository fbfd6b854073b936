/**
 * The read API over the real projections and workers, called over real HTTP, for tests. Commands are called directly; every response
 * is checked against the OpenAPI document.
 */
import { randomUUID } from 'node:crypto';
import { openArchive } from '../commands/exports/open-archive.ts';
import { logFacts } from '../commands/chat/log-facts.ts';
import { messageAt } from '../commands/chat/message-references.ts';
import { recordActionsWith } from '../commands/operators/audit.ts';
import type { CommandResult } from '../commands/handling/results.ts';
import type { AppId, ChannelId, PersonId, PostId } from '../domain/shared/ids.ts';
import { DAY_MS, plus } from '../domain/shared/instant.ts';
import { createAppSignatures, signRequest } from '../edge/auth/app-signature.ts';
import { createAuthentication } from '../edge/auth/callers.ts';
import type { Problem } from '../edge/problem.ts';
import type { EdgeEvent } from '../edge/telemetry-events.ts';
import { createResponseChecker, type ResponseChecker } from '../edge/testing/response-checker.ts';
import { openTokens, type Tokens } from '../edge/auth/tokens.ts';
import { positionTokens } from '../edge/position-tokens.ts';
import { FIRST_EPOCH, type LogEpoch, type Position } from '../ports/event-log/port.ts';
import { merge } from '../ports/event-log/position.ts';
import type { TidingsViews } from '../projections/view-access/tidings-views.ts';
import { startWorkersForTest, type TestWorkers } from '../workers/test-fixture.ts';
import type { PostView } from './feed/post-view.ts';
import type { InboxView } from './routes/chat/inbox.ts';
import type { MessageView } from './routes/chat/message-view.ts';
import type { ReceivedNotification } from './centre/received-notifications.ts';
import { createExportUrls } from './media/export-urls.ts';
import { createMediaUrls } from './media/media-urls.ts';
import { startReadApi, type ReadApiConfig } from './read-api.ts';

const ADMIN_TOKEN = 'the-admin-token-of-a-test';

type Named = { readonly id: string; readonly name: string | null };

/** Every field that a response of this API may have. */
type Body = Problem & {
  readonly id: string;
  readonly name: string | null;
  readonly next: string | null;
  readonly posts: readonly PostView[];
  readonly people: readonly Named[];
  readonly received: readonly { readonly id: string; readonly person: Named }[];
  readonly sent: readonly { readonly id: string; readonly person: Named }[];
  readonly channels: readonly InboxView[];
  readonly members: readonly { readonly id: string; readonly name: string | null; readonly readUpTo: number | null }[];
  readonly headSeq: number | null;
  readonly invited: readonly Named[];
  readonly invitations: readonly { readonly channel: string; readonly title: string | null; readonly by: Named; readonly members: number }[];
  readonly messages: readonly MessageView[];
  readonly more: boolean;
  readonly notifications: readonly ReceivedNotification[];
  readonly templates: readonly { readonly id: string }[];
  readonly deliveries: readonly { readonly id: string; readonly status: string; readonly history: readonly { readonly what: string }[] }[];
};
export type ApiResponse = { readonly status: number; readonly headers: Headers; readonly body: Body };

export type LoggedInPerson = { readonly person: PersonId; readonly session: string; readonly token: string };
export type RegisteredApp = { readonly app: AppId; readonly secret: string };
export type TestCaller = LoggedInPerson | RegisteredApp | 'operator' | 'anonymous';

export type ReadApiFixture = AsyncDisposable & {
  readonly url: string;
  readonly work: TestWorkers;
  readonly tokens: Tokens;
  readonly events: readonly EdgeEvent[];
  readonly responseChecker: ResponseChecker;
  /** The number of listeners for live hints. */
  readonly listeners: () => number;
  readonly request: (caller: TestCaller, path: string, headers?: Readonly<Record<string, string>>) => Promise<ApiResponse>;
  /** As `request`, with the position of everything that the test has commanded. */
  readonly requestAfterWrites: (caller: TestCaller, path: string) => Promise<ApiResponse>;
  readonly credentialsOf: (caller: TestCaller, path: string) => Record<string, string>;
  readonly person: (name?: string) => Promise<LoggedInPerson>;
  readonly app: (...enrolled: readonly LoggedInPerson[]) => Promise<RegisteredApp>;
  /** Awaits a command, throws if it was refused, and remembers its position. */
  readonly expectSuccess: <Result extends CommandResult | { readonly handled: CommandResult }>(result: Promise<Result>) => Promise<Result>;
  readonly friends: (one: LoggedInPerson, other: LoggedInPerson) => Promise<void>;
  readonly post: (author: LoggedInPerson, text?: string, replyTo?: PostId) => Promise<PostId>;
  /** Accepted by the other. */
  readonly direct: (one: LoggedInPerson, other: LoggedInPerson) => Promise<ChannelId>;
  /** Everybody has accepted. */
  readonly group: (owner: LoggedInPerson, ...others: readonly LoggedInPerson[]) => Promise<ChannelId>;
  /** Returns its seq. */
  readonly sendMessage: (sender: LoggedInPerson, channel: ChannelId, text: string, mentions?: readonly LoggedInPerson[]) => Promise<number>;
  readonly stop: () => Promise<void>;
};

/** `viewsFor`: what the API reads instead of the views themselves, such as views that are late. */
export async function givenReadApi(
  { epoch = FIRST_EPOCH, ...config }: Partial<ReadApiConfig> & { readonly epoch?: LogEpoch } = {},
  viewsFor: (views: TidingsViews) => TidingsViews = (views) => views,
): Promise<ReadApiFixture> {
  const work = await startWorkersForTest();
  const { vault, clock, commands, by, time } = work;
  const tokens = await openTokens({ vault, clock });
  const events: EdgeEvent[] = [];
  const listening = countListeners(work.broadcast);
  const api = await startReadApi(
    {
      ...work,
      epoch,
      views: viewsFor(work.views),
      broadcast: listening,
      waitForViews: work.projections.waitForViews,
      logFacts: logFacts(work.loadState, commands.loginOf),
      messageAt: (channel, seq) => messageAt(work, channel, seq),
      tokens,
      media: work.mediaStore,
      mediaUrls: createMediaUrls(Buffer.from('the secret of a test'), clock),
      exportUrls: createExportUrls(Buffer.from('the secret of a test'), clock),
      openArchive: openArchive(work),
      authenticate: createAuthentication({ tokens, appSignatures: createAppSignatures({ vault, clock }), adminToken: ADMIN_TOKEN }),
      recordAction: recordActionsWith(work, clock),
      report: (event) => void events.push(event),
    },
    { host: '127.0.0.1', port: 0, minPositionTimeoutMs: 10_000, ...config },
  );
  const responseChecker = await createResponseChecker(api.url);
  let head: Position | undefined;

  const credentialsOf = (caller: TestCaller, path: string): Record<string, string> => {
    if (caller === 'anonymous') return {};
    if (caller === 'operator') return { authorization: `Bearer ${ADMIN_TOKEN}` };
    return 'token' in caller ? { authorization: `Bearer ${caller.token}` } : signRequest(caller, { method: 'GET', path }, clock());
  };

  const request: ReadApiFixture['request'] = async (caller, path, headers = {}) => {
    await time.advance(1); // so that no signature is sent twice
    const response = await fetch(api.url + path, { headers: { ...credentialsOf(caller, path), ...headers } });
    const text = await response.text();
    const faults = responseChecker.faultsOf({ method: 'GET', path }, response, text);
    if (faults.length > 0) throw new Error(faults.join('\n'));
    return { status: response.status, headers: response.headers, body: JSON.parse(text) as Body };
  };

  const expectSuccess: ReadApiFixture['expectSuccess'] = async (promise) => {
    const result = await promise;
    const handled = 'handled' in result ? result.handled : (result as CommandResult);
    if (handled.outcome === 'refused') throw new Error(handled.refusal.code);
    head = merge(head, handled.position);
    return result;
  };

  const given: ReadApiFixture = {
    url: api.url,
    work,
    tokens,
    events,
    responseChecker,
    listeners: listening.count,
    credentialsOf,
    request,
    requestAfterWrites: (caller, path) => request(caller, path, head === undefined ? {} : { 'min-position': positionTokens(epoch).tokenOf(head) }),
    expectSuccess,
    person: async (name = 'Somebody') => {
      const loginName = randomUUID();
      const { id: person } = await expectSuccess(commands.signUp({ loginName, name, password: '' }, by(loginName)));
      const session = randomUUID();
      const expiresAt = plus(clock(), DAY_MS);
      await vault.put('session', session, { person, createdAt: clock(), expiresAt }, { owner: person });
      return { person, session, token: await tokens.issue({ person, session, expiresAt }) };
    },
    app: async (...enrolled) => {
      const { id: app, secret } = await expectSuccess(commands.registerApp({ name: 'An app' }, by('admin-token')));
      for (const { person } of enrolled) await expectSuccess(commands.enrol({ person, app }, by(person)));
      return { app, secret };
    },
    friends: async ({ person }, { person: other }) => {
      const { id: request } = await expectSuccess(commands.requestFriend({ person, other }, by(person)));
      await expectSuccess(commands.acceptFriend({ person: other, request }, by(other)));
    },
    post: async ({ person: author }, text = 'Hello', replyTo) => {
      await time.advance(1); // ids go by time
      return (await expectSuccess(commands.publishPost({ author, text, ...(replyTo === undefined ? {} : { replyTo }) }, by(author)))).id;
    },
    direct: async ({ person }, { person: other }) => {
      await expectSuccess(commands.openDirectChannel({ person, other }, by(person)));
      return (await expectSuccess(commands.openDirectChannel({ person: other, other: person }, by(other)))).id; // accepts it
    },
    group: async ({ person }, ...others) => {
      const members = others.map((other) => other.person);
      // Friends are members at once, so that nothing is told of their joining; afterwards they are what they were.
      const strangers: PersonId[] = [];
      for (const other of members) {
        const { id: request, handled } = await commands.requestFriend({ person, other }, by(person));
        if (handled.outcome === 'refused') continue; // they are friends already
        strangers.push(other);
        await expectSuccess(commands.acceptFriend({ person: other, request }, by(other)));
      }
      const { id: channel } = await expectSuccess(commands.openGroupChannel({ person, members }, by(person)));
      for (const other of strangers) await expectSuccess(commands.removeFriend({ person, other }, by(person)));
      return channel;
    },
    sendMessage: async ({ person: sender }, channel, text, mentions = []) => {
      await time.advance(1);
      const mentioned = mentions.map(({ person }) => person);
      const posted = await expectSuccess(commands.postMessage({ channel, sender, text, clientId: randomUUID(), mentions: mentioned }, by(sender)));
      return posted.outcome === 'refused' ? -1 : posted.revision;
    },
    stop: async () => api[Symbol.asyncDispose](),
    [Symbol.asyncDispose]: async () => {
      await api[Symbol.asyncDispose]();
      await work[Symbol.asyncDispose]();
    },
  };
  return given;
}

function countListeners(broadcast: TestWorkers['broadcast']) {
  let count = 0;
  return {
    count: () => count,
    onGap: (listener: () => void) => broadcast.onGap(listener),
    listen: (...args: Parameters<typeof broadcast.listen>) => {
      const listening = broadcast.listen(...args);
      count++;
      return {
        known: listening.known,
        [Symbol.dispose]: () => {
          count--;
          listening[Symbol.dispose]();
        },
      };
    },
  };
}
