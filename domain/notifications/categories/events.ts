/** The events of the categories that an app declares: what people choose by. */
import type { DigestRule } from '../../people/preferences/digest-rule.ts';
import type { NotificationChannel } from '../../people/notification-channels.ts';
import type { Choice } from '../../people/preferences.ts';
import type { SealingOf } from '../../shared/event.ts';
import type { AppId, TemplateId } from '../../shared/ids.ts';
import type { FailoverStep } from '../failover/policy.ts';
import type { Instant } from '../../shared/instant.ts';

/** How a category is called where people choose. */
export type CategoryTexts = { readonly title: string; readonly description?: string };

export type Category = {
  /** In the app's spelling; `categoryKey` is its one form. */
  readonly category: string;
  /** A key of `locales`; `und` where nobody said in which language it is. */
  readonly defaultLocale: string;
  /** By language, as `languageOf` spells it. */
  readonly locales: Readonly<Record<string, CategoryTexts>>;
  /** Can't be opted out of: no preference, cap or quiet hour holds it back. */
  readonly mandatory: boolean;
  /** What holds for a person who has chosen nothing. */
  readonly byDefault: Choice;
  /** Those that it goes out on where neither the request nor the person says otherwise; absent: all. */
  readonly channels?: readonly NotificationChannel[];
  /** Accepted deliveries to one person in any 24 hours; absent: no more than the app's own cap. */
  readonly perDayMax?: number;
  /** Whether several are sent as one to a person who has chosen nothing; absent: each by itself. */
  readonly digest?: DigestRule;
  /** Of requests that name none, and whose template has none. */
  readonly failover?: readonly FailoverStep[];
  /** The app's template that says a digest; absent: a list of what it tells. */
  readonly digestTemplate?: TemplateId;
};

/** `categories-<app>` */
export type CategoryEvent =
  /** Replaces the declaration before it as a whole. */
  | { readonly type: 'notifications.category-declared.v1'; readonly data: Category & { readonly app: AppId; readonly at: Instant } }
  | { readonly type: 'notifications.category-removed.v1'; readonly data: { readonly app: AppId; readonly category: string; readonly at: Instant } };

export const categorySealing: SealingOf<CategoryEvent> = {
  'notifications.category-declared.v1': {},
  'notifications.category-removed.v1': {},
};
