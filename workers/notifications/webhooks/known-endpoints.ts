/** The webhooks that there are, by app. Most deliveries are of apps that have none, and cost no read. */
import type { AppId } from '../../../domain/shared/ids.ts';
import type { WebhookEndpointDocument } from '../../../projections/read-models/webhooks.ts';
import type { TidingsViews } from '../../../projections/view-access/tidings-views.ts';

/** A webhook that is set is told of events from so long after on. */
export const ENDPOINTS_REMEMBERED_MS = 1_000;
const PAGE_MAX = 1_000;

export type KnownEndpoints = () => Promise<ReadonlyMap<AppId, WebhookEndpointDocument>>;

export function rememberEndpoints(views: Pick<TidingsViews, 'find'>, monotonicMs: () => number): KnownEndpoints {
  let remembered: { readonly sinceMs: number; readonly endpoints: Promise<ReadonlyMap<AppId, WebhookEndpointDocument>> } | undefined;
  return () => {
    if (remembered === undefined || monotonicMs() - remembered.sinceMs >= ENDPOINTS_REMEMBERED_MS) {
      const endpoints = readAll(views);
      remembered = { sinceMs: monotonicMs(), endpoints };
      endpoints.catch(() => (remembered = undefined));
    }
    return remembered.endpoints;
  };
}

async function readAll(views: Pick<TidingsViews, 'find'>): Promise<ReadonlyMap<AppId, WebhookEndpointDocument>> {
  const endpoints = new Map<AppId, WebhookEndpointDocument>();
  for (let after: string | undefined = ''; after !== undefined;) {
    const page: readonly (WebhookEndpointDocument & { readonly _id: string })[] = await views.find('webhook-endpoints', {
      range: { field: '_id', after },
      order: { _id: 1 },
      limit: PAGE_MAX,
    });
    for (const endpoint of page) endpoints.set(endpoint.app, endpoint);
    after = page.length < PAGE_MAX ? undefined : page.at(-1)?._id;
  }
  return endpoints;
}
