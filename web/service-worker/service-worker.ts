/** Beside the pages: keeps them and what was read in them for when there is no network, and shows pushes. See docs/decisions/0082. */
import { routeOf } from '../app/addresses.ts';
import { answerDocument, answerFile, dropOlderPages, keepPages } from './pages-kept.ts';
import { openShown, renewSubscription, showPush } from './push-shown.ts';
import { answerRead, isKeptRead } from './reads-kept.ts';

declare const self: ServiceWorkerGlobalScope;

self.addEventListener('install', (event) => event.waitUntil(keepPages()));

/** With the first version there may be pages already, which are to be kept too. */
self.addEventListener('activate', (event) => event.waitUntil(Promise.all([dropOlderPages(), self.clients.claim()])));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin || request.method !== 'GET') return;
  if (request.mode === 'navigate') {
    if (routeOf(pathname).page !== 'unknown') event.respondWith(answerDocument(request));
  } else if (pathname.startsWith('/assets/')) event.respondWith(answerFile(request));
  else if (isKeptRead(request)) {
    const waitUntil = (work: Promise<unknown>) => event.waitUntil(work);
    event.respondWith(answerRead({ request, waitUntil, onShownFromHere: () => void tell(event.clientId) }));
  }
});

const tell = async (client: string): Promise<void> => (await self.clients.get(client))?.postMessage({ kind: 'shown-from-here' });

self.addEventListener('push', (event) => event.waitUntil(showPush(self, event.data)));
self.addEventListener('notificationclick', (event) => event.waitUntil(openShown(self, event)));

/** The types of browsers don't have it. */
type SubscriptionChange = ExtendableEvent & { readonly newSubscription: PushSubscription | null };
self.addEventListener('pushsubscriptionchange', (event) =>
  (event as SubscriptionChange).waitUntil(renewSubscription(self, (event as SubscriptionChange).newSubscription)),
);
