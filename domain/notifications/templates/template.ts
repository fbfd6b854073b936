/** An app's templates: content with placeholders, in one or more languages. A published version never changes: each attempt names the version it was rendered from. */
import { accept, refuse, type Decider, type Decision } from '../../shared/decider.ts';
import type { AppId } from '../../shared/ids.ts';
import { isBlank } from '../../shared/text/blank-text.ts';
import { languageOf } from '../../shared/language.ts';
import { bytesIn } from '../../shared/text/text.ts';
import { refusalOfInactive, type AppState } from '../apps/app.ts';
import { refusalOfSteps } from '../failover/policy.ts';
import type { TemplateEvent, TemplateTexts, TemplateVersion } from './events.ts';
import { faultOfSchema } from './parameter-schema.ts';

/** Of one text. */
export const TEMPLATE_TEXT_MAX_BYTES = 64 * 1_024;
/** Of a version with all its languages, partials and its schema, as JSON. */
export const TEMPLATE_MAX_BYTES = 256 * 1_024;
export const TEMPLATE_VERSIONS_MAX = 10_000;
export const TEMPLATE_LOCALES_MAX = 50;
/** Of those that versions had before they had languages. */
export const UNKNOWN_LOCALE = 'und';

/** `version` is the newest; all versions from 1 up to it exist. */
export type TemplateState = { readonly status: 'none' } | { readonly status: 'published'; readonly app: AppId; readonly version: number };

export type TemplateCommand = Omit<TemplateVersion, 'version'> & {
  readonly type: 'publish';
  readonly appState: AppState;
  /** The template engine's complaint, if it has one: parsing is not the domain's. */
  readonly fault?: string;
};

export const template: Decider<TemplateState, TemplateCommand, TemplateEvent> = {
  initialState: { status: 'none' },

  evolve: (_, { data }) => ({ status: 'published', app: data.app, version: data.version }),

  decide: (state, command) => {
    const { type: _, appState, fault, template, app, ...texts } = command;
    const refusal =
      refusalOfInactive(appState) ?? (state.status === 'published' && state.app !== app ? refuse('template-unknown') : refusalOfTemplate(texts, fault));
    if (refusal !== undefined) return refusal;
    const version = state.status === 'none' ? 1 : state.version + 1;
    if (version > TEMPLATE_VERSIONS_MAX) return refuse('template-invalid', { detail: `it has ${TEMPLATE_VERSIONS_MAX} versions already` });
    return accept({ type: 'notifications.template-published.v2', data: { template, version, app, ...texts } });
  },
};

/** The version that a request names, or the newest; undefined where this app has no such version. */
export function pinnedVersion(state: TemplateState, { app, version }: { readonly app: AppId; readonly version: number | undefined }): number | undefined {
  if (state.status === 'none' || state.app !== app) return undefined;
  if (version === undefined) return state.version;
  return Number.isInteger(version) && version >= 1 && version <= state.version ? version : undefined;
}

/** Every text of a template, in Liquid. Only `html` is HTML. */
export const textsOf = ({ title, body, url, push, sms, email, inApp }: TemplateTexts): readonly { readonly text: string; readonly isHtml: boolean }[] => {
  const plain = [title, body, url, push?.title, push?.body, sms?.body, email?.subject, email?.body, inApp?.title, inApp?.body];
  const texts = plain.flatMap((text) => (text === undefined ? [] : [{ text, isHtml: false }]));
  return email?.html === undefined ? texts : [...texts, { text: email.html, isHtml: true }];
};

type Texts = Omit<TemplateVersion, 'template' | 'version' | 'app'>;

function refusalOfTemplate(version: Texts, fault: string | undefined): Decision<never> | undefined {
  const { defaultLocale, locales, partials, parameters, failover = [] } = version;
  const invalid = (detail: string) => refuse('template-invalid', { detail });
  if (fault !== undefined) return invalid(fault);
  const names = Object.keys(locales);
  if (names.length > TEMPLATE_LOCALES_MAX) return invalid(`it has ${names.length} languages; at most ${TEMPLATE_LOCALES_MAX} are allowed`);
  const misspelt = names.find((locale) => locale !== UNKNOWN_LOCALE && languageOf(locale) !== locale);
  if (misspelt !== undefined) return invalid(`${misspelt} is not a language, such as de or pt-BR`);
  if (!Object.hasOwn(locales, defaultLocale)) return invalid(`it has no text in its own language, ${defaultLocale}`);
  const all = [
    ...Object.values(locales)
      .flatMap(textsOf)
      .map(({ text }) => text),
    ...Object.values(partials),
  ];
  if (!all.every((text) => text.isWellFormed())) return refuse('text-malformed');
  for (const [locale, texts] of Object.entries(locales)) {
    if (isBlank(texts.body)) return invalid(locale === defaultLocale ? 'the body is empty' : `the body in ${locale} is empty`);
  }
  const longest = Math.max(...all.map(bytesIn));
  if (longest > TEMPLATE_TEXT_MAX_BYTES) return refuse('content-too-large', { length: longest, max: TEMPLATE_TEXT_MAX_BYTES });
  const schemaFault = parameters === undefined ? undefined : faultOfSchema(parameters);
  if (schemaFault !== undefined) return invalid(schemaFault);
  const failoverFault = refusalOfSteps(failover);
  if (failoverFault !== undefined) return failoverFault;
  const length = bytesIn(JSON.stringify(version));
  return length > TEMPLATE_MAX_BYTES ? refuse('content-too-large', { length, max: TEMPLATE_MAX_BYTES }) : undefined;
}
