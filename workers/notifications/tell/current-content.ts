/**
 * What a notification tells at this moment. A delivery may have waited for hours: for quiet hours to end, for a vendor that was away.
 * What its source has become meanwhile decides whether it is told at all, and with which words.
 */
import type { SuppressionReason } from '../../../domain/notifications/events.ts';
import type { Content } from '../../../domain/notifications/request-fields.ts';
import type { Plan } from '../../../domain/notifications/delivery-plan.ts';
import type { RequestedNotification } from '../../../domain/notifications/planning/plan.ts';
import { exportContent } from '../../../domain/notifications/export-notice.ts';
import { moderationContent } from '../../../domain/notifications/moderation-notice.ts';
import { securityContent } from '../../../domain/notifications/security-notice.ts';
import { dataOf, type NotificationData } from '../../../domain/notifications/source-content.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { ToldDependencies } from './dependencies.ts';
import { messageNow } from './message-now.ts';
import { postNow } from './post-now.ts';

export type Told =
  /** Without content it is the app's, which is rendered from the request, or a code, which is drawn for the attempt. From `expiresAt` on nobody reads these words. */
  { readonly content?: Content; readonly data: NotificationData; readonly expiresAt?: Instant } | { readonly suppress: SuppressionReason };

/** `language`: the reader's. */
export async function toldNow(
  dependencies: ToldDependencies,
  { notification, source, recipient }: Plan,
  { at, language }: Pick<RequestedNotification, 'at'> & { readonly language?: string | undefined },
): Promise<Told> {
  switch (source.kind) {
    case 'app':
      return { data: dataOf({ notification, source }) };
    case 'chat': {
      const now = await messageNow(dependencies, { person: recipient, source, requestedAt: at, language });
      if ('suppress' in now) return now;
      const { seq, author, content, expiresAt } = now;
      const data = dataOf({ notification, source: { ...source, seq }, author });
      return expiresAt === undefined ? { content, data } : { content, data: { ...data, expiresAt }, expiresAt };
    }
    case 'security':
      return { content: securityContent(source.notice), data: dataOf({ notification, source }) };
    case 'moderation':
      return { content: moderationContent(source.notice), data: dataOf({ notification, source }) };
    case 'export':
      return { content: exportContent(source.notice), data: dataOf({ notification, source }) };
    case 'account':
      return { data: dataOf({ notification, source }) };
    case 'feed': {
      const now = await postNow(dependencies, { person: recipient, source });
      return 'suppress' in now ? now : { content: now.content, data: dataOf({ notification, source, author: now.author }) };
    }
  }
}
