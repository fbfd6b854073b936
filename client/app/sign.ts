/** The signature of an app's request: HMAC-SHA256 over time, method, path, digest of the body and key; each is good for one request. */

export type AppCredentials = { readonly id: string; readonly secret: string };

const hex = (bytes: ArrayBuffer): string => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** `nowMs`: by the server's clock, from which a signature's time may differ by five minutes. */
export async function signatureHeaders({ id, secret }: AppCredentials, request: Request, nowMs: number): Promise<Readonly<Record<string, string>>> {
  const encoder = new TextEncoder();
  const { pathname, search } = new URL(request.url);
  const timestamp = new Date(nowMs).toISOString();
  const digest = hex(await crypto.subtle.digest('SHA-256', await request.clone().arrayBuffer()));
  const idempotencyKey = request.headers.get('Idempotency-Key');
  const lines = [timestamp, request.method, pathname + search, digest, ...(idempotencyKey === null ? [] : [idempotencyKey])];
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const signature = hex(await crypto.subtle.sign('HMAC', key, encoder.encode(lines.join('\n'))));
  return { 'Tidings-App': id, 'Tidings-Timestamp': timestamp, 'Tidings-Signature': signature };
}
