/** The part of the control protocol that is about apps and their templates. */
import { z } from 'zod';
import type { NotificationChannel } from '../../../domain/people/notification-channels.ts';
import type { ChannelContent } from '../../../domain/notifications/content.ts';
import type { AppKey } from '../../../domain/notifications/apps/app.ts';
import type { AppQuota, SenderIdentity } from '../../../domain/notifications/apps/events.ts';
import { appId, templateId } from '../../../edge/fields.ts';
import type { AppDocument, CategoryDocument } from '../../../projections/read-models/apps.ts';
import type { TemplateDocument, TemplateVersionDocument } from '../../../projections/read-models/notifications/templates.ts';

const LISTED_MAX = 1_000;
const LANGUAGE_CHARACTERS_MAX = 35;

const limit = z.number().int().positive().max(LISTED_MAX);
const version = z.number().int().positive();

export const appRequests = {
  /** `after`: the last app of the page before. */
  'list-apps': z.strictObject({ after: appId.optional(), limit }),
  'show-app': z.strictObject({ app: appId }),
  'list-templates': z.strictObject({ app: appId, after: templateId.optional(), limit }),
  /** The newest version where it is absent. */
  'show-template': z.strictObject({ template: templateId, version: version.optional() }),
  'preview-template': z.strictObject({
    template: templateId,
    version: version.optional(),
    language: z.string().min(1).max(LANGUAGE_CHARACTERS_MAX).optional(),
    parameters: z.record(z.string(), z.unknown()),
  }),
} as const;

export type AppLine = AppDocument;
/** Of one that is disabled, only its document and its categories. */
export type ShownAppLine = AppDocument & {
  readonly sandbox: boolean;
  readonly keys: readonly AppKey[];
  readonly quota: AppQuota | null;
  readonly identity: SenderIdentity | null;
  readonly categories: readonly CategoryDocument[];
};
/** What one channel shows. */
export type PreviewLine = { readonly version: number; readonly locale: string; readonly channel: NotificationChannel; readonly content: ChannelContent };

export type AppLines = {
  readonly 'list-apps': AppLine;
  readonly 'show-app': ShownAppLine;
  readonly 'list-templates': TemplateDocument;
  readonly 'show-template': TemplateVersionDocument;
  readonly 'preview-template': PreviewLine;
};
