/** The write API over the real commands and a real store, called over real HTTP, for tests. Every response is checked against the OpenAPI document. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { givenCommands, type CommandsFixture } from '../commands/test-fixture.ts';
import { recordActionsWith } from '../commands/operators/audit.ts';
import { createUploads } from '../commands/media/uploads.ts';
import { contextWith } from '../commands/handling/command-context.ts';
import type { CodePurpose } from '../domain/people/one-time-code.ts';
import type { AppId, ChannelId, CodeId, PersonId } from '../domain/shared/ids.ts';
import { epochMs } from '../domain/shared/instant.ts';
import { createAppSignatures, signRequest, type SignableRequest } from '../edge/auth/app-signature.ts';
import { createAuthentication } from '../edge/auth/callers.ts';
import type { Problem } from '../edge/problem.ts';
import type { EdgeEvent } from '../edge/telemetry-events.ts';
import type { HttpServer } from '../edge/http/server.ts';
import { createResponseChecker, type ResponseChecker } from '../edge/testing/response-checker.ts';
import { openTokens, type Tokens } from '../edge/auth/tokens.ts';
import { startMediaFolder } from '../ports/media/folder.ts';
import { FIRST_EPOCH, type LogEpoch } from '../ports/event-log/port.ts';
import { startMemoryGatewayRegistry } from '../ports/presence/memory-registry.ts';
import type { GatewayRegistry } from '../ports/presence/port.ts';
import { startMemoryRateLimit } from '../ports/rate-limit/memory.ts';
import type { VendorCallbacks } from './receipts/vendor-callbacks.ts';
import { startWriteApi, type WriteApiConfig } from './write-api.ts';

const ADMIN_TOKEN = 'the-admin-token-of-a-test';
const SECRET = Buffer.from('the secret of a test');

type ApiResponse = {
  readonly status: number;
  readonly headers: Headers;
  /** Every field that a response of this API may have. */
  readonly body: Problem & {
    readonly id: string;
    readonly stream: string;
    readonly revision: number;
    readonly position?: string;
    readonly seq: number;
    readonly membership: 'member' | 'invited';
    readonly secret: string;
    readonly token: string;
    readonly deviceSecret: string;
    readonly person: PersonId;
    readonly expiresAt: string;
    readonly gateway: string | null;
  };
};

export type LoggedInPerson = { readonly person: PersonId; readonly token: string; readonly loginName: string };
export type RegisteredApp = { readonly app: AppId; readonly secret: string };
export type TestCaller = LoggedInPerson | RegisteredApp | 'operator' | 'anonymous';

export type RequestOptions = {
  readonly body?: unknown;
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The address of another process; the first one by default. */
  readonly url?: string;
};

export type WriteApiFixture = AsyncDisposable & {
  readonly url: string;
  readonly commands: CommandsFixture;
  readonly gateways: GatewayRegistry;
  readonly tokens: Tokens;
  readonly events: readonly EdgeEvent[];
  readonly responseChecker: ResponseChecker;
  /** Starts another process over the same log and the same vault, as after a restart. It is disposed of with the fixture. */
  readonly startAnother: () => Promise<HttpServer>;
  readonly request: (caller: TestCaller, method: string, path: string, options?: RequestOptions) => Promise<ApiResponse>;
  readonly person: () => Promise<LoggedInPerson>;
  readonly friends: (one: LoggedInPerson, other: LoggedInPerson) => Promise<void>;
  readonly app: (...enrolled: readonly LoggedInPerson[]) => Promise<RegisteredApp>;
  readonly direct: (one: LoggedInPerson, other: LoggedInPerson) => Promise<ChannelId>;
};

export async function givenWriteApi({
  epoch = FIRST_EPOCH,
  vendorCallbacks,
  ...config
}: Partial<WriteApiConfig> & { readonly epoch?: LogEpoch; readonly vendorCallbacks?: VendorCallbacks } = {}): Promise<WriteApiFixture> {
  const given = await givenCommands();
  const clock = () => given.now;
  const { vault } = given;
  const [tokens, rateLimit, gateways] = await Promise.all([
    openTokens({ vault, clock }),
    startMemoryRateLimit(),
    startMemoryGatewayRegistry({ monotonicMs: () => epochMs(clock()) }),
  ]);
  const events: EdgeEvent[] = [];
  const apis = new AsyncDisposableStack();
  const start = async () => {
    const appSignatures = createAppSignatures({ vault, clock });
    const { commands, ...writing } = given.process();
    return apis.use(
      await startWriteApi(
        {
          commands,
          contextFor: contextWith(SECRET),
          epoch,
          tokens,
          vault,
          gateways,
          uploads: createUploads({ store: await startMediaFolder(join(given.folder, 'media')) }),
          rateLimit,
          clock,
          appSignatures,
          authenticate: createAuthentication({ tokens, appSignatures, adminToken: ADMIN_TOKEN, findOperator: commands.findOperator }),
          recordAction: recordActionsWith(writing, clock),
          report: (event) => void events.push(event),
          ...(vendorCallbacks !== undefined && { vendorCallbacks }),
        },
        { host: '127.0.0.1', port: 0, region: 'local', ...config },
      ),
    );
  };
  const api = await start();
  const responseChecker = await createResponseChecker(api.url);

  const request: WriteApiFixture['request'] = async (caller, method, path, { body, raw, headers = {}, url = api.url } = {}) => {
    const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(content === undefined ? {} : { 'content-type': 'application/json' }),
        ...credentials(caller, { method, path, key: headers['idempotency-key'], ...(content === undefined ? {} : { body: content }) }),
        ...headers,
      },
      ...(content === undefined ? {} : { body: content }),
    });
    const text = await response.text();
    const faults = responseChecker.faultsOf({ method, path }, response, text);
    if (faults.length > 0) throw new Error(faults.join('\n'));
    return {
      status: response.status,
      headers: response.headers,
      body: (text !== '' && response.headers.get('content-type')?.includes('json') === true ? JSON.parse(text) : {}) as ApiResponse['body'],
    };
  };

  const credentials = (caller: TestCaller, request: SignableRequest): Record<string, string> => {
    if (caller === 'anonymous') return {};
    if (caller === 'operator') return { authorization: `Bearer ${ADMIN_TOKEN}`, 'tidings-reason': 'a%20test' };
    return 'token' in caller ? { authorization: `Bearer ${caller.token}` } : signRequest(caller, request, given.now);
  };

  const expectSuccess = async (answer: Promise<ApiResponse>): Promise<ApiResponse['body']> => {
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
    responseChecker,
    startAnother: start,
    request,
    person: async () => {
      const loginName = `name-${randomUUID()}`;
      const password = 'correct horse';
      await expectSuccess(request('anonymous', 'POST', '/v1/people', { body: { loginName, name: 'Somebody', password } }));
      const { token, person } = await expectSuccess(request('anonymous', 'POST', '/v1/sessions', { body: { loginName, password } }));
      return { person, token, loginName };
    },
    friends: async (one, other) => {
      const { id } = await expectSuccess(request(one, 'POST', '/v1/friend-requests', { body: { person: other.person } }));
      await expectSuccess(request(other, 'POST', `/v1/friend-requests/${encodeURIComponent(id)}/accept`));
    },
    app: async (...enrolled) => {
      const { id, secret } = await expectSuccess(request('operator', 'POST', '/v1/apps', { body: { name: 'An app' } }));
      for (const person of enrolled) await expectSuccess(request(person, 'PUT', `/v1/me/apps/${id}`));
      return { app: id as AppId, secret };
    },
    direct: async (one, other) =>
      (await expectSuccess(request(one, 'POST', '/v1/channels', { body: { kind: 'direct', members: [other.person] } }))).id as ChannelId,
    [Symbol.asyncDispose]: async () => {
      await apis.disposeAsync();
      await gateways[Symbol.asyncDispose]();
      await rateLimit[Symbol.asyncDispose]();
      await given[Symbol.asyncDispose]();
    },
  };
}

/** The code of the newest message of this purpose, as if it had been read. */
export async function drawnCode(
  { commands: given }: Pick<WriteApiFixture, 'commands'>,
  { person }: Pick<LoggedInPerson, 'person'>,
  purpose: CodePurpose,
): Promise<string> {
  const codes = (await given.vault.owned('one-time-code', person)).filter(({ record }) => record.purpose === purpose);
  const newest = codes.toSorted((one, other) => (one.record.expiresAt < other.record.expiresAt ? 1 : -1))[0];
  return (await given.process().commands.drawCode({ code: newest?.id as CodeId }, given.now)) ?? '';
}
