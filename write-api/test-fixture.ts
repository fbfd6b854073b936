/** The write API over the real commands on a real store, asked over real HTTP, for tests. Every answer is held against the document. */
import { randomUUID } from 'node:crypto';
import { givenCommands, type CommandsFixture } from '../commands/test-fixture.ts';
import { contextWith } from '../commands/handling/context.ts';
import type { AppId, ChannelId, PersonId } from '../domain/shared/ids.ts';
import { createAppSignatures, signRequest, type ToSign } from '../edge/auth/app-signature.ts';
import { createAuthentication } from '../edge/auth/callers.ts';
import type { Problem } from '../edge/problem.ts';
import type { EdgeEvent } from '../edge/telemetry-events.ts';
import type { HttpServer } from '../edge/http/server.ts';
import { conformanceOf, type Conformance } from '../edge/testing/conformance.ts';
import { openTokens, type Tokens } from '../edge/auth/tokens.ts';
import { startMemoryGatewayRegistry } from '../ports/presence/memory.ts';
import type { GatewayRegistry } from '../ports/presence/port.ts';
import { startMemoryRateLimit } from '../ports/rate-limit/memory.ts';
import { startWriteApi, type WriteApiConfig } from './write-api.ts';

const ADMIN_TOKEN = 'the-admin-token-of-a-test';
const SECRET = Buffer.from('the secret of a test');

type Answer = {
  readonly status: number;
  readonly headers: Headers;
  /** Every field that an answer of this API may have. */
  readonly body: Problem & {
    readonly id: string;
    readonly stream: string;
    readonly revision: number;
    readonly position?: string;
    readonly seq: number;
    readonly secret: string;
    readonly token: string;
    readonly person: PersonId;
    readonly expiresAt: string;
    readonly gateway: string | null;
  };
};

export type Person = { readonly person: PersonId; readonly token: string; readonly loginName: string };
type App = { readonly app: AppId; readonly secret: string };
export type As = Person | App | 'operator' | 'nobody';

export type Asking = {
  readonly body?: unknown;
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Another process than the first. */
  readonly url?: string;
};

export type WriteApiFixture = AsyncDisposable & {
  readonly url: string;
  readonly commands: CommandsFixture;
  readonly gateways: GatewayRegistry;
  readonly tokens: Tokens;
  readonly events: readonly EdgeEvent[];
  readonly conformance: Conformance;
  /** Another process over the same log and the same vault, as after a restart. It goes with the rest. */
  readonly another: () => Promise<HttpServer>;
  readonly ask: (as: As, method: string, path: string, asking?: Asking) => Promise<Answer>;
  readonly person: () => Promise<Person>;
  readonly friends: (one: Person, other: Person) => Promise<void>;
  readonly app: (...enrolled: readonly Person[]) => Promise<App>;
  readonly direct: (one: Person, other: Person) => Promise<ChannelId>;
};

export async function givenWriteApi(config: Partial<WriteApiConfig> = {}): Promise<WriteApiFixture> {
  const given = await givenCommands();
  const clock = () => given.now;
  const { vault } = given;
  const [tokens, rateLimit, gateways] = await Promise.all([openTokens({ vault, clock }), startMemoryRateLimit(), startMemoryGatewayRegistry()]);
  const events: EdgeEvent[] = [];
  const apis = new AsyncDisposableStack();
  const start = async () =>
    apis.use(
      await startWriteApi(
        {
          commands: given.process().commands,
          contextFor: contextWith(SECRET),
          tokens,
          vault,
          gateways,
          rateLimit,
          clock,
          authenticate: createAuthentication({ tokens, appSignatures: createAppSignatures({ vault, clock }), adminToken: ADMIN_TOKEN }),
          report: (event) => void events.push(event),
        },
        { host: '127.0.0.1', port: 0, region: 'local', ...config },
      ),
    );
  const api = await start();
  const conformance = await conformanceOf(api.url);

  const ask: WriteApiFixture['ask'] = async (as, method, path, { body, raw, headers = {}, url = api.url } = {}) => {
    const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(content === undefined ? {} : { 'content-type': 'application/json' }),
        ...credentials(as, { method, path, key: headers['idempotency-key'], ...(content === undefined ? {} : { body: content }) }),
        ...headers,
      },
      ...(content === undefined ? {} : { body: content }),
    });
    const text = await response.text();
    const faults = conformance.faultsOf({ method, path }, response, text);
    if (faults.length > 0) throw new Error(faults.join('\n'));
    return { status: response.status, headers: response.headers, body: (text === '' ? {} : JSON.parse(text)) as Answer['body'] };
  };

  const credentials = (as: As, request: ToSign): Record<string, string> => {
    if (as === 'nobody') return {};
    if (as === 'operator') return { authorization: `Bearer ${ADMIN_TOKEN}` };
    return 'token' in as ? { authorization: `Bearer ${as.token}` } : signRequest(as, request, given.now);
  };

  const done = async (answer: Promise<Answer>): Promise<Answer['body']> => {
    const { status, body } = await answer;
    if (status >= 300) throw new Error(JSON.stringify(body));
    return body;
  };

  return {
    url: api.url,
    commands: given,
    gateways,
    tokens,
    events,
    conformance,
    another: start,
    ask,
    person: async () => {
      const loginName = `login-${randomUUID()}`;
      const password = 'correct horse';
      await done(ask('nobody', 'POST', '/v1/people', { body: { loginName, name: 'Somebody', password } }));
      const { token, person } = await done(ask('nobody', 'POST', '/v1/sessions', { body: { loginName, password } }));
      return { person, token, loginName };
    },
    friends: async (one, other) => {
      const { id } = await done(ask(one, 'POST', '/v1/friend-requests', { body: { person: other.person } }));
      await done(ask(other, 'POST', `/v1/friend-requests/${encodeURIComponent(id)}/accept`));
    },
    app: async (...enrolled) => {
      const { id, secret } = await done(ask('operator', 'POST', '/v1/apps', { body: { name: 'An app' } }));
      for (const person of enrolled) await done(ask(person, 'PUT', `/v1/me/apps/${id}`));
      return { app: id as AppId, secret };
    },
    direct: async (one, other) => (await done(ask(one, 'POST', '/v1/channels', { body: { kind: 'direct', members: [other.person] } }))).id as ChannelId,
    [Symbol.asyncDispose]: async () => {
      await apis.disposeAsync();
      await gateways[Symbol.asyncDispose]();
      await rateLimit[Symbol.asyncDispose]();
      await given[Symbol.asyncDispose]();
    },
  };
}
