/** Which operator uses the page, and what their role allows. The token is in a cookie that no script can read. */
import { signal } from '@preact/signals';
import { t } from '../text/text.ts';
import { call, CallFailed, whenSessionEnds } from './call.ts';

export type Operator = {
  /** Their id, or `admin-token`. */
  readonly operator: string;
  readonly role: string;
  readonly may: readonly string[];
  readonly needReason: readonly string[];
};

export const operator = signal<Operator | undefined>(undefined);
/** Why the operator has to log in again. */
export const loggedOutBecause = signal<string | undefined>(undefined);

whenSessionEnds((sentence) => {
  if (operator.value !== undefined) loggedOutBecause.value = sentence;
  operator.value = undefined;
});

/** Of this page load: whoever was logged in before. */
export async function resume(): Promise<void> {
  const response = await call('session', {});
  operator.value = ((await response.json()) as Operator | null) ?? undefined;
}

/** Throws a `CallFailed`. */
export async function logIn(token: string): Promise<void> {
  const response = await call('session', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token }) });
  operator.value = (await response.json()) as Operator;
  loggedOutBecause.value = undefined;
}

/** Throws a `CallFailed` where the cookie could not be taken back: then the operator is still logged in, and is told so. */
export async function logOut(): Promise<void> {
  await call('session', { method: 'DELETE' });
  operator.value = undefined;
}

export const may = (action: string): boolean => operator.value?.may.includes(action) === true;
export const needsReason = (action: string): boolean => operator.value?.needReason.includes(action) === true;

export function failureText(error: unknown): string {
  if (!(error instanceof CallFailed)) return t('app.failed');
  return error.code === 'unreachable' ? t('app.unreachable') : error.message;
}
