/** Notifications from the view of a recipient: what they say now and are about, and the status of the deliveries to this person. */
import { z } from 'zod';
import type { Content, Source } from '../domain/notifications/events.ts';
import { securityContent } from '../domain/notifications/security-notice.ts';
import { dataOf } from '../domain/notifications/source-content.ts';
import { NOTIFICATION_CHANNELS } from '../domain/people/notification-channels.ts';
import type { NotificationId, PersonId } from '../domain/shared/ids.ts';
import { compileTemplate } from '../ports/templates/render.ts';
import { QUERY_LIMIT_MAX } from '../ports/views/port.ts';
import type { DeliveryDocument } from '../projections/read-models/deliveries.ts';
import type { NotificationDocument } from '../projections/read-models/notifications.ts';
import type { TidingsViews } from '../projections/view-access/tidings-views.ts';
import { templateVersionId, type TemplateVersionDocument } from '../projections/read-models/templates.ts';
import { EXAMPLE } from '../edge/examples.ts';
import type { ReadDependencies } from './dependencies.ts';
import { deliveryStatus, furthestStatus, furthestStatusField } from './delivery-status.ts';
import { isOfProduct, toldOf, type ToldSource } from './notification-sources.ts';
import { idField, timeField } from './response-fields.ts';

export const receivedNotificationSchema = z
  .object({
    id: idField('The id of the notification.', EXAMPLE.notification),
    source: z
      .enum(['app', 'chat', 'feed', 'security'])
      .meta({ description: 'Where it comes from: an app, your channels, your feed, or what protects your account.' }),
    category: z.string().meta({ description: 'The category that the source gave it.', examples: ['orders'] }),
    content: z
      .object({ title: z.string().optional(), body: z.string(), url: z.string().optional() })
      .nullable()
      .meta({ description: 'The text as it is now. null: it was erased, or its template can’t be rendered.' }),
    data: z.record(z.string(), z.string()).meta({
      description:
        'What the notification is about, as in its pushes: `kind` and `notification`; for `chat` the `channel`, the `seq` of the message and the `person` who wrote it; for `feed` the `post` and its `person`; for `app` the `app`; for `security` the `notice`.',
      examples: [{ kind: 'chat', notification: EXAMPLE.notification, channel: EXAMPLE.channel, seq: '41', person: EXAMPLE.ada }],
    }),
    at: timeField('When it was requested.'),
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
type Dependencies = { readonly views: Views; readonly logFacts: ReadDependencies['logFacts'] };

/** In the order of the ids; unknown ids, and what the person is told no more, are left out. */
export async function loadReceived(dependencies: Dependencies, person: PersonId, ids: readonly NotificationId[]): Promise<readonly ReceivedNotification[]> {
  if (ids.length === 0) return [];
  const { views } = dependencies;
  const [found, deliveries] = await Promise.all([
    views.getMany('notifications', ids),
    views.find('deliveries', { where: { recipient: person, notification: ids }, limit: QUERY_LIMIT_MAX }),
  ]);
  const notifications = found.filter((notification) => notification !== undefined);
  const byNotification = Map.groupBy(deliveries, ({ notification }) => notification);
  const versions = new Map(notifications.map((one) => [one.notification, versionShown(one, byNotification.get(one.notification) ?? [])]));
  const [templates, told, [profile]] = await Promise.all([
    loadTemplates(views, [...versions.values()]),
    loadTold(dependencies, person, notifications),
    views.getMany('profiles', [person]),
  ]);
  const language = profile?.language ?? undefined;
  const received = await Promise.all(
    notifications.map(async (notification) => {
      const { source: about } = notification;
      if (about.kind === 'account') return undefined; // a code is for whoever reads what arrives at the address
      const shown = { ...notification, source: about };
      const its = byNotification.get(notification.notification) ?? [];
      if (about.kind === 'security') return viewOf(shown, { content: securityContent(about.notice) }, its);
      if (notification.source.kind === 'app') {
        const version = templates.get(versions.get(notification.notification) ?? '');
        return viewOf(shown, { content: await renderContent(notification, version, language) }, its);
      }
      const source = told.get(notification.notification);
      return source && viewOf(shown, source, its);
    }),
  );
  return received.filter((one) => one !== undefined);
}

/** By notification, those of our own products that the person is still told of. */
async function loadTold(
  dependencies: Dependencies,
  person: PersonId,
  notifications: readonly NotificationDocument[],
): Promise<ReadonlyMap<NotificationId, ToldSource>> {
  const products = notifications.flatMap(({ notification, source }) => (isOfProduct(source) ? [{ notification, source }] : []));
  const told = await toldOf(
    dependencies,
    person,
    products.map(({ source }) => source),
  );
  return new Map(products.flatMap(({ notification }, i) => (told[i] === undefined ? [] : [[notification, told[i]] as const])));
}

type ShownNotification = NotificationDocument & { readonly source: Exclude<Source, { kind: 'account' }> };
type Shown = { readonly content: Content | null; readonly author?: PersonId };

function viewOf(
  { notification, source, category, at }: ShownNotification,
  { content, author }: Shown,
  deliveries: readonly DeliveryDocument[],
): ReceivedNotification {
  const sorted = deliveries.toSorted((one, other) => (one.delivery < other.delivery ? -1 : 1));
  return {
    id: notification,
    source: source.kind,
    category,
    content,
    data: dataOf({ notification, source, ...(author !== undefined && { author }) }),
    at,
    status: furthestStatus(sorted.map(({ status }) => status)),
    deliveries: sorted.map(({ delivery, channel, status, reason }) => ({ id: delivery, channel, status, reason })),
  };
}

/** The one that the last attempt was rendered from; before any, the one that the request was checked with. */
function versionShown({ template }: NotificationDocument, deliveries: readonly DeliveryDocument[]): string | undefined {
  if (template === null) return undefined;
  const { templateVersion = null } = deliveries.findLast(({ templateVersion }) => templateVersion !== null) ?? {};
  return templateVersionId(template.template, templateVersion ?? template.version);
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

/** What all channels have: no email is made here. */
const sharedTexts = ({ locales }: TemplateVersionDocument): TemplateVersionDocument['locales'] =>
  Object.fromEntries(
    Object.entries(locales).map(([locale, { title, body, url }]) => [
      locale,
      { ...(title !== undefined && { title }), body, ...(url !== undefined && { url }) },
    ]),
  );
