/** What a digest says at this moment: of what it tells, what was cancelled, erased or has expired meanwhile is left out. */
import type { LoadState } from '../../../commands/handling/handle.ts';
import { loadCategory } from '../../../commands/notifications/categories.ts';
import type { RenderedTemplate } from '../../../commands/notifications/template-versions.ts';
import { fitContent } from '../../../domain/notifications/content.ts';
import { DIGEST_ITEMS_MAX, digestContent, digestParameters } from '../../../domain/notifications/digests/digest-content.ts';
import type { RenderedFrom } from '../../../domain/notifications/events.ts';
import type { Content } from '../../../domain/notifications/request-fields.ts';
import type { RequestedNotification } from '../../../domain/notifications/planning/plan.ts';
import { chooseLocale } from '../../../domain/notifications/templates/locale.ts';
import { isSent } from '../../../domain/people/notification-channels.ts';
import { isErased } from '../../../domain/shared/event.ts';
import type { NotificationId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';

const READ_AT_ONCE_MAX = 20;

type Rendered = RenderedTemplate | { readonly content: Content; readonly from?: undefined; readonly tracking?: undefined };
type How = { readonly language: string | undefined; readonly renderedFrom?: RenderedFrom | undefined };

type Dependencies = {
  readonly loadState: LoadState;
  readonly loadNotification: (id: NotificationId) => Promise<{ readonly requested: RequestedNotification; readonly cancelled: boolean } | undefined>;
  /** What a request with content or a template of its own says. */
  readonly render: (requested: RequestedNotification, how: How) => Promise<Rendered | 'erased'>;
  readonly clock: () => Instant;
};

/** `void`: nothing is left to tell. Where one notification is left, it is told in its own words. */
export type RenderDigest = (requested: RequestedNotification, how: How) => Promise<Exclude<Rendered, { readonly fault: string }> | 'void'>;

export const renderDigestWith =
  (dependencies: Dependencies): RenderDigest =>
  async (requested, { language, renderedFrom }) => {
    const { digestOf = [], source, category: name, channels, template } = requested;
    const [channel] = channels;
    if (channel === undefined || !isSent(channel)) return 'void';
    const told = await stillTold(dependencies, digestOf);
    const { contents, count } = await renderItems(dependencies, told, { language, most: DIGEST_ITEMS_MAX[channel] });
    const [only] = contents;
    if (only === undefined) return 'void';
    if (count === 1) return { content: only };
    const declared = await loadCategory(dependencies.loadState, { source, category: name });
    const category = declared?.locales[chooseLocale(declared, language)]?.title ?? name;
    const digest = { category, count, items: contents.map((content) => fitContent(content, channel)) };
    if (template !== undefined) {
      const rendered = await dependencies.render({ ...requested, parameters: digestParameters(digest) }, { language, renderedFrom });
      // A template that can't say this one leaves it to the list: nothing is lost for it.
      if (rendered !== 'erased' && 'content' in rendered) return rendered;
    }
    return { content: digestContent({ ...digest, language }) };
  };

/** The newest first; of those that replace each other on a device, the last one. */
async function stillTold({ loadNotification, clock }: Dependencies, of: readonly NotificationId[]): Promise<readonly RequestedNotification[]> {
  const told: RequestedNotification[] = [];
  const replaced = new Set<string>();
  const at = clock();
  const newestFirst = of.toReversed();
  for (let first = 0; first < newestFirst.length; first += READ_AT_ONCE_MAX) {
    for (const request of await Promise.all(newestFirst.slice(first, first + READ_AT_ONCE_MAX).map(loadNotification))) {
      if (request === undefined || request.cancelled || isOver(request.requested, at)) continue;
      const { collapseKey } = request.requested;
      if (collapseKey !== undefined && replaced.has(collapseKey)) continue;
      if (collapseKey !== undefined) replaced.add(collapseKey);
      told.push(request.requested);
    }
  }
  return told;
}

const isOver = ({ expiresAt, content, parameters }: RequestedNotification, at: Instant): boolean =>
  expiresAt <= at || isErased(content) || isErased(parameters);

type Listing = { readonly language: string | undefined; readonly most: number };

/** `count`: of all, but for those that turned out to say nothing. */
async function renderItems({ render }: Dependencies, told: readonly RequestedNotification[], { language, most }: Listing) {
  const contents: Content[] = [];
  let failed = 0;
  for (const requested of told) {
    if (contents.length === most) break;
    const rendered = await render(requested, { language });
    if (rendered !== 'erased' && 'content' in rendered) contents.push(rendered.content);
    else failed++;
  }
  return { contents, count: told.length - failed };
}
