/** The events of templates and of the partials that they are put together from. */
import type { SealingOf } from '../../shared/event.ts';
import type { AppId, TemplateId } from '../../shared/ids.ts';
import type { FailoverStep } from '../failover/policy.ts';
import type { ParameterSchema } from './parameter-schema.ts';

/** In Liquid, each of them. What a channel has for itself stands in place of what all have. */
export type TemplateTexts = {
  readonly title?: string;
  readonly body: string;
  readonly url?: string;
  readonly push?: { readonly title?: string; readonly body?: string };
  readonly sms?: { readonly body: string };
  /** `html` is escaped, the others are plain text. */
  readonly email?: { readonly subject?: string; readonly body?: string; readonly html?: string };
  readonly inApp?: { readonly title?: string; readonly body?: string };
};

/** Whether the links of its emails, and that they are opened, are told to the app. */
export type Tracking = { readonly links?: boolean; readonly opens?: boolean };

/** A version of a template, which never changes: it brings along the partials that it was put together from. */
export type TemplateVersion = {
  readonly template: TemplateId;
  readonly version: number;
  readonly app: AppId;
  readonly name?: string;
  /** A key of `locales`; `und` where nobody said in which language it is. */
  readonly defaultLocale: string;
  /** By language, as `languageOf` spells it. */
  readonly locales: Readonly<Record<string, TemplateTexts>>;
  /** By name, all that any of the texts uses. */
  readonly partials: Readonly<Record<string, string>>;
  readonly parameters?: ParameterSchema;
  readonly tracking?: Tracking;
  /** Of requests that name none. */
  readonly failover?: readonly FailoverStep[];
};

/** `template-<id>`: content with placeholders. Versions count from 1. */
export type TemplateEvent = { readonly type: 'notifications.template-published.v2'; readonly data: TemplateVersion };

/** `partial-<app>:<name>`: a piece of text that an app's templates share. Versions count from 1. */
export type PartialEvent = {
  readonly type: 'notifications.partial-published.v1';
  readonly data: { readonly app: AppId; readonly name: string; readonly version: number; readonly body: string };
};

export const templateSealing: SealingOf<TemplateEvent | PartialEvent> = {
  'notifications.template-published.v2': {},
  'notifications.partial-published.v1': {},
};
