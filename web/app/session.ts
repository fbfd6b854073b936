/** Who is logged in. The token is in a cookie that no script can read; here only the person is known. */
import { signal } from '@preact/signals';
import { openTidings, TidingsProblem, TidingsUnreachable, type LiveEvent, type Tidings } from '../../client/index.ts';
import type { components } from '../../client/http/generated/read-api.ts';
import { forgetPerson, rememberPerson } from '../offline/person-record.ts';
import { problemText, t } from '../text/text.ts';
import { browserName } from './browser-name.ts';
import { replaceBy } from './routes.ts';

export type Me = components['schemas']['Me'];
export type Session = { readonly person: string; readonly tidings: Tidings };

/** What the front replaces by the token of the cookie. */
const TOKEN_IN_COOKIE = 'cookie';
const STORED = { person: 'tidings/person', device: 'tidings/device', secret: 'tidings/device-secret', unfinished: 'tidings/unfinished-log-out' } as const;
const DEVICE_BYTES = 16;

export const session = signal<Session | undefined>(undefined);
export const me = signal<Me | undefined>(undefined);
/** Why the person has to log in again. */
export const loggedOutBecause = signal<string | undefined>(undefined);
const onLeave = new Set<() => void>();
const onLoggingOut = new Set<() => void>();

/** What is kept of a person is forgotten when they leave. */
export const whenLeaving = (forget: () => void): void => void onLeave.add(forget);

/** What follows the server ends before the session does, which the server would only refuse it for. */
export const whenLoggingOut = (end: () => void): void => void onLoggingOut.add(end);

/** Of this page load: whoever was logged in before. */
export async function resume(): Promise<void> {
  await endSession();
  const person = localStorage.getItem(STORED.person);
  if (person !== null) await open(person);
}

async function open(person: string): Promise<void> {
  await rememberPerson(person);
  const tidings = await openTidings({
    url: location.origin,
    token: () => (localStorage.getItem(STORED.person) === person ? TOKEN_IN_COOKIE : undefined),
    device: deviceOf(),
    storedAs: person,
    openSocket: () => new WebSocket(`${location.origin.replace(/^http/, 'ws')}/chat/socket`),
  });
  session.value = { person, tidings };
  tidings.chat.connect();
  try {
    me.value = (await tidings.read.GET('/v1/me', {})).data;
  } catch (error) {
    failureText(error);
  }
}

/** `webAuthn`: for `navigator.credentials.get()`, where the person has a key. */
export type SecondFactorAsked = {
  readonly outcome: 'second-factor';
  readonly ticket: string;
  readonly kinds: readonly string[];
  readonly webAuthn: PublicKeyCredentialRequestOptionsJSON | null;
};
export type LoginAnswer = { readonly outcome: 'open' } | SecondFactorAsked;
export type Proof = { readonly code: string } | { readonly recoveryCode: string } | { readonly credential: object };

/** Throws a `TidingsProblem`. */
export const logIn = (login: { readonly loginName: string; readonly password: string }): Promise<LoginAnswer> =>
  openBy('/session', { ...login, device: deviceOf(), deviceName: browserName() });

export const sendSecondFactor = (proof: { readonly ticket: string } & Proof): Promise<LoginAnswer> => openBy('/session/second-factor', proof);

async function openBy(url: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<LoginAnswer> {
  const deviceSecret = localStorage.getItem(STORED.secret);
  const answer = await call(url, 'POST', { ...body, ...(deviceSecret === null ? {} : { deviceSecret }) }, headers);
  const found = (await answer.json()) as { person: string; deviceSecret: string } | Omit<SecondFactorAsked, 'outcome'>;
  if ('ticket' in found) return { outcome: 'second-factor', ...found };
  localStorage.removeItem(STORED.unfinished); // the cookie is of this login
  localStorage.setItem(STORED.person, found.person);
  localStorage.setItem(STORED.secret, found.deviceSecret);
  loggedOutBecause.value = undefined;
  if (session.value?.person !== found.person) await open(found.person);
  return { outcome: 'open' };
}

/** For what needs a recent login: another session takes the place of this one, and the chat connects again with it. */
export const authenticateAgain = (password: string): Promise<LoginAnswer> =>
  renew(openBy('/session/authentication', { password }, { authorization: `Bearer ${TOKEN_IN_COOKIE}` }));

/** Another tab has logged in again: its cookie is this one's too. */
addEventListener('storage', ({ key }) => {
  if (key === STORED.secret) session.value?.tidings.chat.connect();
});

let renewing: Promise<unknown> | undefined;

async function renew(login: Promise<LoginAnswer>): Promise<LoginAnswer> {
  renewing = login;
  const answer = await login.finally(() => (renewing = undefined));
  if (answer.outcome === 'open') session.value?.tidings.chat.connect();
  return answer;
}

export async function signUp(account: { readonly loginName: string; readonly name: string; readonly password: string }): Promise<void> {
  await call('/v1/people', 'POST', account);
}

let isLoggingOut = false;

export async function logOut(): Promise<void> {
  const left = session.value;
  isLoggingOut = true;
  left?.tidings.chat.close();
  for (const end of onLoggingOut) end();
  if (left !== undefined) await forgetPerson(left.person).catch(() => undefined);
  localStorage.setItem(STORED.unfinished, 'yes');
  await endSession();
  await left?.tidings.forgetEverything().catch(() => undefined);
  leave();
}

/** Without a network the cookie stays, which no script can take away: it goes when the pages are next opened. */
async function endSession(): Promise<void> {
  if (localStorage.getItem(STORED.unfinished) === null) return;
  const isEnded = await call('/session', 'DELETE').then(
    () => true,
    (error: unknown) => !(error instanceof TidingsUnreachable),
  );
  if (isEnded) localStorage.removeItem(STORED.unfinished);
}

/** Whoever has logged in since, in another tab, stays. */
function leave(): void {
  const left = session.value;
  isLoggingOut = false;
  left?.tidings.chat.close();
  if (left !== undefined) void forgetPerson(left.person).catch(() => undefined);
  if (left === undefined || localStorage.getItem(STORED.person) === left.person) localStorage.removeItem(STORED.person);
  session.value = undefined;
  me.value = undefined;
  for (const forget of onLeave) forget();
  replaceBy('/log-in');
}

async function call(url: string, method: string, body?: object, said: Readonly<Record<string, string>> = {}): Promise<Response> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': randomHex(), ...said };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await fetch(url, init).catch((error: unknown) => {
    throw new TidingsUnreachable('', { cause: error });
  });
  if (response.ok) return response;
  const problem: unknown = await response.json().catch(() => undefined);
  const plain = { code: 'unexpected-answer', status: response.status, detail: `${response.status} ${response.statusText}` };
  throw new TidingsProblem({ ...plain, ...(problem as object | undefined) });
}

const UNAUTHENTICATED = 401;

/** What to tell the person of a failure. Where the session is over, they are asked to log in. */
export function failureText(error: unknown): string {
  if (error instanceof TidingsUnreachable) return t('app.unreachable');
  if (!(error instanceof TidingsProblem)) return t('app.failed');
  const text = problemText(error.code, error.message);
  if (error.status === UNAUTHENTICATED && session.value !== undefined) void leaveIfOver(text);
  return text;
}

/** Of one that was replaced by a newer login: what was under way then is refused, and the person is still in. */
async function leaveIfOver(because: string): Promise<boolean> {
  const asked = session.value;
  if (isLoggingOut) return true; // as the person wants it, who is told nothing of it
  const isOver = await isSessionOver();
  if (!isOver || asked === undefined || session.value !== asked) return isOver;
  loggedOutBecause.value = because;
  leave();
  return true;
}

async function isSessionOver(): Promise<boolean> {
  await renewing?.catch(() => undefined);
  const answer = await fetch('/v1/me', { headers: { authorization: `Bearer ${TOKEN_IN_COOKIE}` }, cache: 'no-store' }).catch(() => undefined);
  return answer?.status === UNAUTHENTICATED;
}

/** A live stream, also across a newer login in place of the session's. Ends with the session; throws what else the server refuses. */
export async function* liveOf(tidings: Tidings, of: 'feed' | 'notifications', signal: AbortSignal): AsyncGenerator<LiveEvent, void, undefined> {
  while (!signal.aborted) {
    try {
      yield* tidings.live(of, { signal });
      return; // the person leaves: another stream would ask for what their session may read no more
    } catch (error) {
      if (!(error instanceof TidingsProblem) || error.status !== UNAUTHENTICATED) throw error;
      if (await leaveIfOver(problemText(error.code, error.message))) return;
    }
  }
}

/** The same at each start, so that the server knows this device among the person's. */
export function deviceOf(): string {
  const known = localStorage.getItem(STORED.device);
  const device = known ?? randomHex();
  if (known === null) localStorage.setItem(STORED.device, device);
  return device;
}

const randomHex = (): string => Array.from(crypto.getRandomValues(new Uint8Array(DEVICE_BYTES)), (byte) => byte.toString(16).padStart(2, '0')).join('');
