/** Signs an app's request; each signature is good for one request. */
import { createHash, createHmac } from 'node:crypto';

export type AppCredentials = { readonly id: string; readonly secret: string };

export function signRequest(
  { id, secret }: AppCredentials,
  method: string,
  path: string,
  { body, key }: { readonly body?: unknown; readonly key?: string } = {},
): Readonly<Record<string, string>> {
  const timestamp = new Date().toISOString();
  const digest = createHash('sha256')
    .update(body === undefined ? '' : JSON.stringify(body))
    .digest('hex');
  const lines = [timestamp, method, path, digest, ...(key === undefined ? [] : [key])];
  const signature = createHmac('sha256', secret).update(lines.join('\n')).digest('hex');
  return { 'tidings-app': id, 'tidings-timestamp': timestamp, 'tidings-signature': signature };
}
