/** Pushes to a browser: subscribes it with the server's VAPID key (RFC 8292), and registers what comes of that as the person's device. */
import type { Api } from '../http/api.ts';

/** As browsers have them; the types of a whole browser would hide from the servers' code what Node has not. */
type Subscription = { readonly options: { readonly applicationServerKey: ArrayBuffer | null }; toJSON(): unknown; unsubscribe(): Promise<boolean> };
export type PushRegistration = {
  readonly pushManager: {
    getSubscription(): Promise<Subscription | null>;
    subscribe(options: { readonly userVisibleOnly: true; readonly applicationServerKey: string }): Promise<Subscription>;
  };
};

export type PushOptions = {
  /** Of the service worker that shows pushes. */
  readonly registration: PushRegistration;
  /** The one that the person logged in with. */
  readonly device: string;
  /** Only notifications of this app. */
  readonly app?: string;
};

/** The key that browsers subscribe with; undefined where the installation sends no pushes to browsers. */
export const webPushKey = async ({ read }: Pick<Api, 'read'>): Promise<string | undefined> => (await read.GET('/v1/web-push', {})).data?.publicKey ?? undefined;

/**
 * After the person has allowed notifications. To be called again at each start: the server then knows the subscription that there is now.
 * A subscription that was made with another key is replaced. Resolves with the key; undefined where the installation sends no pushes to
 * browsers. Rejects as `subscribe` does where the browser's push service can't be reached, or the person has not allowed it.
 */
export async function turnOnPush(api: Pick<Api, 'read' | 'write'>, { registration, device, app }: PushOptions): Promise<string | undefined> {
  const key = await webPushKey(api);
  if (key === undefined) return undefined;
  const { pushManager } = registration;
  let subscription = await pushManager.getSubscription();
  if (subscription !== null && keyOf(subscription) !== key) {
    await subscription.unsubscribe();
    subscription = null;
  }
  subscription ??= await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const token = JSON.stringify(subscription);
  await api.write.PUT('/v1/me/devices/{device}', { params: { path: { device } }, body: { platform: 'web', token, ...(app === undefined ? {} : { app }) } });
  return key;
}

/** Nothing arrives from then on; the server learns of it from the push service, with its next push. */
export async function turnOffPush({ registration }: Pick<PushOptions, 'registration'>): Promise<void> {
  await (await registration.pushManager.getSubscription())?.unsubscribe();
}

/** In base64url, as servers write it. */
function keyOf({ options: { applicationServerKey: key } }: Subscription): string | undefined {
  if (key === null) return undefined;
  const base64 = btoa(String.fromCharCode(...new Uint8Array(key)));
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
