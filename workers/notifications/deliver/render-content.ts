/** The content of an app's notification as it is at this moment, in its reader's language: of the template's newest version that fits, or as the app has written it. */
import { createHash } from 'node:crypto';
import { findVersionWith, renderNewest, renderVersion, type RenderedTemplate } from '../../../commands/notifications/template-versions.ts';
import type { ChannelContent } from '../../../domain/notifications/content.ts';
import type { RenderedFrom } from '../../../domain/notifications/events.ts';
import type { Content } from '../../../domain/notifications/request-fields.ts';
import type { RequestedNotification } from '../../../domain/notifications/planning/plan.ts';
import { isErased, orErased } from '../../../domain/shared/event.ts';
import type { DeliveryId } from '../../../domain/shared/ids.ts';
import { deliveryStream } from '../../../domain/shared/streams.ts';
import type { CacheTally } from '../../../ports/cache-tallies.ts';
import type { DomainReader } from '../../dependencies.ts';

/** `from` is absent where no template was used. */
export type RenderedNow = RenderedTemplate | { readonly content: Content; readonly from?: undefined; readonly tracking?: undefined };

type How = {
  /** Of the reader. */
  readonly language: string | undefined;
  /** Of an earlier attempt, which is rendered again as it was. */
  readonly renderedFrom?: RenderedFrom | undefined;
};

export type RenderContent = (requested: RequestedNotification, how: How) => Promise<RenderedNow | 'erased'>;

export function renderContentWith(reader: DomainReader, templates?: CacheTally): RenderContent {
  const findVersion = findVersionWith(reader, templates);
  const { loadState } = reader;
  return async ({ content, template, parameters = {} }, { language, renderedFrom }) => {
    if (isErased(content) || isErased(parameters)) return 'erased';
    if (template === undefined) return content === undefined ? { fault: 'there is no content' } : { content };
    if (renderedFrom !== undefined) {
      const { version, locale } = renderedFrom;
      return renderVersion(findVersion, { ...template, version, language: locale }, { parameters });
    }
    return renderNewest({ findVersion, loadState }, template, { parameters, ...(language !== undefined && { language }) });
  };
}

export const digestOf = (content: ChannelContent): string => createHash('sha256').update(JSON.stringify(content)).digest('base64url');

/** What an attempt was rendered from, where a template was used and its recipient is not erased. */
export type RenderedIn = (delivery: DeliveryId, attempt: number) => Promise<RenderedFrom | undefined>;

export const renderedInWith =
  ({ log, codec }: Pick<DomainReader, 'log' | 'codec'>): RenderedIn =>
  async (delivery, attempt) => {
    for await (const stored of log.readStream(deliveryStream(delivery), { from: 0 })) {
      if (stored.type !== 'notifications.attempt-started.v1') continue;
      const event = await codec.decode(stored);
      if (event.type !== 'notifications.attempt-started.v1' || event.data.attempt !== attempt) continue;
      return orErased<RenderedFrom | undefined>(event.data.rendered, undefined);
    }
    return undefined;
  };
