/** Shows what a push tells, to whom it was sent, and leads to it. */
import { addressIn, type AboutWhat } from '../notifications/address.ts';
import { personHere } from '../offline/person-record.ts';

type Shown = NotificationOptions & { readonly title?: string };
type Payload = { readonly notification?: Shown; readonly badge?: number; readonly data?: AboutWhat };
type Button = { readonly action: string; readonly title: string; readonly url?: string };

const NAME = 'Tidings';
const ICON = '/icon-192.png';

export type Scope = Pick<ServiceWorkerGlobalScope, 'clients' | 'registration'>;

/**
 * A subscription is its person's, and goes when they log out; what was on its way then is shown to nobody. Nor is what the person has
 * before their eyes.
 */
export async function showPush({ clients, registration }: Scope, data: PushMessageData | null): Promise<void> {
  const record = await personHere();
  const payload = payloadIn(data);
  if (record?.push === undefined || payload?.notification === undefined) return;
  const about = payload.data ?? {};
  const { title = NAME, ...shown } = payload.notification;
  const { path } = addressIn(about);
  const pages = await clients.matchAll({ type: 'window' });
  if (path !== '/notifications' && pages.some((page) => page.focused && new URL(page.url).pathname === path)) return;
  await registration.showNotification(title, { ...shown, icon: ICON, data: { about, buttons: buttonsIn(shown), person: record.person } });
}

export type Clicked = { readonly notification: Notification; readonly action: string };

/** In the tab that there is, or a new one. What is opened is read. */
export async function openShown({ clients }: Scope, { notification, action }: Clicked): Promise<void> {
  notification.close();
  const { about, buttons, person } = notification.data as { readonly about: AboutWhat; readonly buttons: readonly Button[]; readonly person: string };
  if ((await personHere())?.person !== person) return;
  const { path, elsewhere } = addressIn(about, buttons.find((button) => button.action === action)?.url);
  if (about.notification !== undefined) await markRead(about.notification);
  if (elsewhere !== undefined) return void (await clients.openWindow(elsewhere));
  const [page] = await clients.matchAll({ type: 'window' });
  if (page === undefined) return void (await clients.openWindow(path));
  page.postMessage({ kind: 'go-to', path });
  await page.focus().catch(() => undefined); // the browser allows it for a moment after the click alone
}

const markRead = (notification: string): Promise<unknown> =>
  send('PUT', `/v1/me/notifications/${encodeURIComponent(notification)}/read`).catch(() => undefined); // it is unread then, and stands in the list

/** The push service has ended a subscription, and the browser made another one, or lets us make it. */
export async function renewSubscription({ registration }: Scope, renewed: PushSubscription | null): Promise<void> {
  const record = await personHere();
  if (record?.push === undefined) return;
  const { device, key } = record.push;
  const subscription = renewed ?? (await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
  await send('PUT', `/v1/me/devices/${device}`, { platform: 'web', token: JSON.stringify(subscription) });
}

async function send(method: string, path: string, body?: object): Promise<void> {
  const headers = { authorization: 'Bearer cookie', 'idempotency-key': crypto.randomUUID(), 'content-type': 'application/json' };
  await fetch(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
}

const buttonsIn = (shown: Shown): readonly Button[] => (shown as { readonly actions?: readonly Button[] }).actions ?? [];

function payloadIn(data: PushMessageData | null): Payload | undefined {
  try {
    return data?.json() as Payload | undefined;
  } catch {
    return undefined; // not of ours
  }
}
