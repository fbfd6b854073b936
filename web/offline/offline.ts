/** The service worker beside the pages: keeps them, and what was read in them, for when the server can't be reached, and shows pushes. */
import { signal } from '@preact/signals';
import { goTo } from '../app/routes.ts';

/** Whether something on this page is what was read before, because the server can't be reached. */
export const isShownFromHere = signal(false);

type Told = { readonly kind: 'shown-from-here' } | { readonly kind: 'go-to'; readonly path: string };
const ADDRESS = '/service-worker.js';

/** Where the browser has none, as on plain HTTP, the pages do without. */
export function startServiceWorker(): void {
  if (!('serviceWorker' in navigator)) return;
  navigator.serviceWorker.addEventListener('message', ({ data }: MessageEvent<Told>) => {
    switch (data.kind) {
      case 'shown-from-here':
        isShownFromHere.value = true;
        return;
      case 'go-to':
        return goTo(data.path);
    }
  });
  // No page of ours may make a text into a script, but for this address.
  const policy = (globalThis as { readonly trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy('service-worker', { createScriptURL: () => ADDRESS });
  navigator.serviceWorker.register((policy?.createScriptURL(ADDRESS) ?? ADDRESS) as string, { updateViaCache: 'none' }).catch(() => undefined);
}

/** Not all browsers' types have it yet. */
type TrustedTypes = { createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): unknown } };
