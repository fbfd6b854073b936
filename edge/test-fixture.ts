/** The edge over a real vault and real rate limits, with a clock that the test sets. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { RecordAction, TakenAction } from '../domain/operators/actions.ts';
import { OPERATOR_ROLES, OPERATOR_TOKEN_PREFIX, type ActingOperator } from '../domain/operators/roles.ts';
import type { AppId, OperatorId, PersonId } from '../domain/shared/ids.ts';
import { DAY_MS, instant, plus, type Instant } from '../domain/shared/instant.ts';
import { startMemoryRateLimit } from '../ports/rate-limit/memory.ts';
import { temporaryFolder } from '../ports/sqlite/test-fixture.ts';
import type { Vault } from '../ports/vault/port.ts';
import { startSqliteVault } from '../ports/vault/sqlite.ts';
import { createAppSignatures, signRequest, type AppSignatures, type SignableRequest } from './auth/app-signature.ts';
import { createAuthentication } from './auth/callers.ts';
import type { EdgeEvent } from './telemetry-events.ts';
import type { Route } from './http/routes.ts';
import { startHttpServer, type HttpServer, type HttpServerConfig, type HttpServerDependencies } from './http/server.ts';
import { openTokens, type Tokens } from './auth/tokens.ts';

export const ADMIN_TOKEN = 'the-admin-token-of-a-test';

/** By their tokens. */
export const OPERATORS: Readonly<Record<string, ActingOperator>> = Object.fromEntries(
  OPERATOR_ROLES.map((role) => [`${OPERATOR_TOKEN_PREFIX}${role}`, { operator: `the-${role}` as OperatorId, role }]),
);

export type EdgeFixture = AsyncDisposable & {
  /** A test may set it, as when somebody sets the clock. */
  now: Instant;
  /** Lets so much time pass, by every clock. */
  elapse(ms: number): void;
  readonly vault: Vault;
  readonly tokens: Tokens;
  readonly appSignatures: AppSignatures;
  readonly events: readonly EdgeEvent[];
  /** What operators did, and the codes with which it failed. */
  readonly actions: readonly (TakenAction & { readonly failed?: string })[];
  /** A person with a session in the vault. */
  person(): Promise<{ readonly person: PersonId; readonly session: string; readonly token: string }>;
  /** An app with a secret in the vault. */
  app(): Promise<{ readonly app: AppId; readonly secret: string; sign(request: SignableRequest): Record<string, string> }>;
  serve(routes: readonly Route[], more?: Partial<HttpServerDependencies & HttpServerConfig>): Promise<HttpServer>;
};

export async function givenEdge(): Promise<EdgeFixture> {
  const folder = await temporaryFolder();
  const vault = await startSqliteVault(join(folder.path, 'vault.sqlite'));
  const rateLimit = await startMemoryRateLimit();
  const events: EdgeEvent[] = [];
  const time = { now: instant(Date.now()) };
  const clock = () => time.now;
  let elapsedMs = 0;
  const monotonicMs = () => elapsedMs;
  const tokens = await openTokens({ vault, clock, monotonicMs });
  const appSignatures = createAppSignatures({ vault, clock, monotonicMs });
  const actions: (TakenAction & { failed?: string })[] = [];
  const recordAction: RecordAction = async (action) => {
    const taken: TakenAction & { failed?: string } = { ...action };
    actions.push(taken);
    return { failed: async (code) => void (taken.failed = code) };
  };
  const authenticate = createAuthentication({
    tokens,
    appSignatures,
    adminToken: ADMIN_TOKEN,
    findOperator: async (token) => OPERATORS[token],
  });

  const given: EdgeFixture = {
    get now() {
      return time.now;
    },
    set now(now) {
      time.now = now;
    },
    elapse: (ms) => {
      time.now = plus(time.now, ms);
      elapsedMs += ms;
    },
    vault,
    tokens,
    appSignatures,
    events,
    actions,
    person: async () => {
      const person = randomUUID() as PersonId;
      const session = randomUUID();
      const expiresAt = plus(given.now, DAY_MS);
      await vault.put('session', session, { person, createdAt: given.now, expiresAt }, { owner: person });
      return { person, session, token: await tokens.issue({ person, session, expiresAt }) };
    },
    app: async () => {
      const [app, secret] = [randomUUID() as AppId, randomUUID()];
      await vault.put('app-secret', app, { app, secrets: [{ secret }] }, { owner: app });
      return { app, secret, sign: (request) => signRequest({ app, secret }, request, given.now) };
    },
    serve: (routes, more = {}) =>
      startHttpServer(
        { authenticate, rateLimit, clock, recordAction, report: (event) => void events.push(event), routes, ...more },
        { host: '127.0.0.1', port: 0, ...more },
      ),
    [Symbol.asyncDispose]: async () => {
      await rateLimit[Symbol.asyncDispose]();
      await vault[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
  return given;
}
