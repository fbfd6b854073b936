/** An app that notifies people of a test. */
import { createTidingsApp, type TidingsApp } from '../../client/app.ts';
import { ADMIN_TOKEN } from '../start-for-test.ts';

export type AppOfATest = TidingsApp & { readonly id: string };

/** Registered by the operator, through the front as any bearer's request goes. */
export async function registerApp(front: string, name: string, adminToken = ADMIN_TOKEN): Promise<AppOfATest> {
  const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() };
  const answer = await fetch(`${front}/v1/apps`, { method: 'POST', headers, body: JSON.stringify({ name }) });
  if (!answer.ok) throw new Error(await answer.text());
  const { id, secret } = (await answer.json()) as { readonly id: string; readonly secret: string };
  return { ...createTidingsApp({ url: front, credentials: { id, secret } }), id };
}
