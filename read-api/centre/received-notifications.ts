/** What stands in a person's notification centre: what it says now and is about, what the person has marked it as, and the status of the deliveries to this person. */
import { z } from 'zod';
import { isRead, isSeen, type CentreState } from '../../domain/notifications/centre/centre.ts';
import { fitContent } from '../../domain/notifications/content.ts';
import type { Content, Source } from '../../domain/notifications/request-fields.ts';
import { exportContent } from '../../domain/notifications/export-notice.ts';
import { moderationContent } from '../../domain/notifications/moderation-notice.ts';
import { securityContent } from '../../domain/notifications/security-notice.ts';
import { dataOf } from '../../domain/notifications/source-content.ts';
import { NOTIFICATION_CHANNELS } from '../../domain/people/notification-channels.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { compileTemplate } from '../../ports/templates/render.ts';
import { QUERY_LIMIT_MAX } from '../../ports/views/port.ts';
import type { CentreItemDocument } from '../../projections/read-models/centre.ts';
import type { DeliveryDocument } from '../../projections/read-models/deliveries.ts';
import type { NotificationDocument } from '../../projections/read-models/notifications.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { templateVersionId, type TemplateVersionDocument } from '../../projections/read-models/notifications/templates.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { deliveryStatus, furthestStatus, furthestStatusField } from '../delivery-status.ts';
import { isOfProduct, toldOf, type ToldSource } from './notification-sources.ts';
import { idField, timeField } from '../response-fields.ts';

export const receivedNotificationSchema = z
  .object({
    id: idField('The id of the notification.', EXAMPLE.notification),
    source: z.enum(['app', 'chat', 'feed', 'security', 'moderation', 'export']).meta({
      description:
        'Where it comes from: an app, your channels, your feed, what protects your account, what moderators decided, or an export that you asked for.',
    }),
    app: z
      .string()
      .optional()
      .meta({ description: 'The name of the app that it comes from, where it comes from one.', examples: ['Shop'] }),
    category: z.string().meta({ description: 'The category that the source gave it.', examples: ['orders'] }),
    content: z
      .object({ title: z.string().optional(), body: z.string(), url: z.string().optional() })
      .nullable()
      .meta({ description: 'The text as it is now. null: it was erased, or its template can’t be rendered.' }),
    data: z.record(z.string(), z.string()).meta({
      description:
        'What the notification is about, as in its pushes: `kind` and `notification`; for `chat` the `channel`, the `seq` of the message and the `person` who wrote it; for `feed` the `post` and its `person`; for `app` the `app`; for `security` the `notice`; for `moderation` the `notice`, and the `post` where it is about one; for `export` the `notice` and the `export`.',
      examples: [{ kind: 'chat', notification: EXAMPLE.notification, channel: EXAMPLE.channel, seq: '41', person: EXAMPLE.ada }],
    }),
    at: timeField('When it came into your notification centre.'),
    seen: z.boolean().meta({ description: 'Whether you have opened your notification centre since.' }),
    read: z.boolean().meta({ description: 'Whether you have read it.' }),
    archived: z.boolean().meta({ description: 'Whether you have archived it.' }),
    status: furthestStatusField,
    deliveries: z.array(
      z.object({
        id: idField('The id of the delivery.', EXAMPLE.delivery),
        channel: z.enum(NOTIFICATION_CHANNELS).meta({ description: 'The channel that it is sent on.' }),
        status: deliveryStatus,
        reason: z.string().nullable().meta({ description: 'Why the delivery has this status, where there is a reason.' }),
      }),
    ),
  })
  .meta({ id: 'ReceivedNotification' });

export type ReceivedNotification = z.infer<typeof receivedNotificationSchema>;
type Views = Pick<TidingsViews, 'find' | 'getMany'>;
type Dependencies = Pick<ReadDependencies, 'logFacts' | 'waitForViews' | 'clock'> & { readonly views: Views };

/** In the order of the items; those that the person is told no more, and those of cancelled requests, are left out. */
export async function loadReceived(
  dependencies: Dependencies,
  person: PersonId,
  items: readonly CentreItemDocument[],
  centre: CentreState,
): Promise<readonly ReceivedNotification[]> {
  if (items.length === 0) return [];
  const { views } = dependencies;
  const ids = items.map(({ notification }) => notification);
  const [told, deliveries, [profile]] = await Promise.all([
    loadTold(dependencies, person, items),
    views.find('deliveries', { where: { recipient: person, notification: ids }, limit: QUERY_LIMIT_MAX }),
    views.getMany('profiles', [person]),
  ]);
  const byNotification = Map.groupBy(deliveries, ({ notification }) => notification);
  const versions = new Map(told.map(({ item, notification }) => [item, versionShown(notification, byNotification.get(item.notification) ?? [])]));
  const templates = await loadTemplates(views, [...versions.values()]);
  const language = profile?.language ?? undefined;
  const apps = await loadAppNames(
    views,
    told.map(({ source }) => source),
  );
  return await Promise.all(
    told.map(async ({ item, notification, source, product }) => {
      const app = source.kind === 'app' ? apps.get(source.app) : undefined;
      const shown = { item, centre, source, ...(app !== undefined && { app }), deliveries: byNotification.get(item.notification) ?? [] };
      if (product !== undefined) return viewOf(shown, product);
      if (source.kind === 'security') return viewOf(shown, { content: securityContent(source.notice) });
      if (source.kind === 'moderation') return viewOf(shown, { content: moderationContent(source.notice) });
      if (source.kind === 'export') return viewOf(shown, { content: exportContent(source.notice) });
      return viewOf(shown, { content: await renderContent(notification, templates.get(versions.get(item) ?? ''), language) });
    }),
  );
}

/** Notifications that are read at a time only to see whether they are still told: each may have much to say. */
const LOOKED_AT_ONCE = 10;

/** Those that `loadReceived` would show, without what they say. */
export async function shownItems(dependencies: Dependencies, person: PersonId, items: readonly CentreItemDocument[]): Promise<readonly CentreItemDocument[]> {
  const shown: CentreItemDocument[] = [];
  for (let at = 0; at < items.length; at += LOOKED_AT_ONCE) {
    const told = await loadTold(dependencies, person, items.slice(at, at + LOOKED_AT_ONCE));
    shown.push(...told.map(({ item }) => item));
  }
  return shown;
}

type ShownSource = Exclude<Source, { kind: 'account' }>;
type Told = {
  readonly item: CentreItemDocument;
  readonly notification: NotificationDocument;
  readonly source: ShownSource;
  /** Of our own products, what it says now. */
  readonly product?: ToldSource;
};

/** What the person is still told of. A code is for whoever reads what arrives at the address, and never here. */
async function loadTold(dependencies: Dependencies, person: PersonId, items: readonly CentreItemDocument[]): Promise<readonly Told[]> {
  const found = await dependencies.views.getMany(
    'notifications',
    items.map(({ notification }) => notification),
  );
  const standing = items.flatMap((item, i): readonly Told[] => {
    const notification = found[i];
    if (notification === undefined || notification.cancelled || notification.source.kind === 'account') return [];
    return [{ item, notification, source: notification.source }];
  });
  const products = standing.flatMap(({ item, source }) => (isOfProduct(source) ? [{ item, source }] : []));
  const told = await toldOf(
    dependencies,
    person,
    products.map(({ source }) => source),
  );
  const byItem = new Map(products.map(({ item }, i) => [item, told[i]]));
  return standing.flatMap((one) => {
    if (!isOfProduct(one.source)) return [one];
    const product = byItem.get(one.item);
    return product === undefined ? [] : [{ ...one, product }];
  });
}

type Shown = {
  readonly item: CentreItemDocument;
  readonly centre: CentreState;
  readonly source: ShownSource;
  readonly app?: string;
  readonly deliveries: readonly DeliveryDocument[];
};

function viewOf(
  { item: { notification, category, at, item, archived }, centre, source, app, deliveries }: Shown,
  { content, author }: { readonly content: Content | null; readonly author?: PersonId },
): ReceivedNotification {
  const sorted = deliveries.toSorted((one, other) => (one.delivery < other.delivery ? -1 : 1));
  const marked = { at, category, item };
  return {
    id: notification,
    source: source.kind,
    ...(app !== undefined && { app }),
    category,
    content: content && wordsOf(content),
    data: dataOf({ notification, source, ...(author !== undefined && { author }) }),
    at,
    seen: isSeen(marked, centre),
    read: isRead(marked, centre),
    archived,
    status: furthestStatus(sorted.map(({ status }) => status)),
    deliveries: sorted.map(({ delivery, channel, status, reason }) => ({ id: delivery, channel, status, reason })),
  };
}

function wordsOf(content: Content): NonNullable<ReceivedNotification['content']> {
  const { title, body, url } = fitContent(content, 'in-app');
  return { ...(title !== undefined && { title }), body, ...(url !== undefined && { url }) };
}

/** The one that the last attempt was rendered from; before any, the one that the request was checked with. */
function versionShown({ template }: NotificationDocument, deliveries: readonly DeliveryDocument[]): string | undefined {
  if (template === null) return undefined;
  const { templateVersion = null } = deliveries.findLast(({ templateVersion }) => templateVersion !== null) ?? {};
  return templateVersionId(template.template, templateVersion ?? template.version);
}

async function loadAppNames(views: Views, sources: readonly ShownSource[]): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(sources.flatMap((source) => (source.kind === 'app' ? [source.app] : [])))];
  const found = await views.getMany('apps', ids);
  return new Map(ids.flatMap((id, i) => (found[i] === undefined ? [] : [[id, found[i].name]])));
}

async function loadTemplates(views: Views, versions: readonly (string | undefined)[]): Promise<ReadonlyMap<string, TemplateVersionDocument>> {
  const ids = [...new Set(versions.filter((version) => version !== undefined))];
  const found = await views.getMany('template-versions', ids);
  return new Map(ids.flatMap((id, i) => (found[i] === undefined ? [] : [[id, found[i]]])));
}

/** As it is sent: from the same version of the template with the same parameters, in the reader's language. */
async function renderContent(
  { content, template, parameters }: NotificationDocument,
  version: TemplateVersionDocument | undefined,
  readersLanguage: string | undefined,
): Promise<Content | null> {
  if (content !== null || template === null || version === undefined) return content;
  const language = template.language ?? readersLanguage;
  const rendered = await compileTemplate({ ...version, locales: sharedTexts(version) }).render(parameters ?? {}, language === undefined ? {} : { language });
  return 'content' in rendered ? rendered.content : null;
}

/** What all channels have, and what is the centre's: no email is made here. */
const sharedTexts = ({ locales }: TemplateVersionDocument): TemplateVersionDocument['locales'] =>
  Object.fromEntries(
    Object.entries(locales).map(([locale, { title, body, url, inApp }]) => [
      locale,
      { ...(title !== undefined && { title }), body, ...(url !== undefined && { url }), ...(inApp !== undefined && { inApp }) },
    ]),
  );
