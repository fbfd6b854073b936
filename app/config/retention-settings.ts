/** The settings of how long things are kept. */
import { z } from 'zod';
import { KEPT_MAX_DAYS, KEPT_MIN_DAYS, type KeptFor } from '../../domain/notifications/categories/kept-for.ts';
import { categoryKey } from '../../domain/people/category.ts';
import { DAY_MS, SECOND_MS } from '../../domain/shared/instant.ts';
import { list } from './setting-values.ts';

const DAYS = `a whole number of days from ${KEPT_MIN_DAYS} to ${KEPT_MAX_DAYS}`;
const BY_CATEGORY = `categories with such as offers=90 or receipts=forever, separated by commas, each ${DAYS}`;
const MESSAGES = `a whole number of days from 1 to ${KEPT_MAX_DAYS}`;

const isKept = (days: string): boolean => /^\d{1,4}$/.test(days) && Number(days) >= KEPT_MIN_DAYS && Number(days) <= KEPT_MAX_DAYS;

const days = z.string(DAYS).refine(isKept, DAYS).transform(Number);

const daysByCategory = list(BY_CATEGORY).transform((parts, context): KeptFor['daysByCategory'] => {
  const kept = parts.map((part) => {
    const { category = '', given = '' } = /^(?<category>[^=]+)=(?<given>\w+)$/.exec(part)?.groups ?? {};
    return { category: categoryKey(category), given };
  });
  const names = new Set(kept.map(({ category }) => category));
  const isValid = names.size === kept.length && !names.has('') && kept.every(({ given }) => given === 'forever' || isKept(given));
  if (!isValid) context.addIssue({ code: 'custom', message: BY_CATEGORY });
  return Object.fromEntries(kept.map(({ category, given }) => [category, given === 'forever' ? null : Number(given)]));
});

export const retentionSettings = {
  TIDINGS_NOTIFICATIONS_KEPT_DAYS: days.optional(),
  TIDINGS_NOTIFICATIONS_KEPT_DAYS_BY_CATEGORY: daysByCategory.optional(),
  TIDINGS_MESSAGES_KEPT_DAYS: z
    .string(MESSAGES)
    .regex(/^\d{1,4}$/, MESSAGES)
    .transform(Number)
    .pipe(z.number().min(1, MESSAGES).max(KEPT_MAX_DAYS, MESSAGES))
    .optional(),
} as const;

export type RetentionConfig = {
  readonly notifications: KeptFor;
  /** Of what is said from now on, where its channel doesn't say less; undefined: for ever. */
  readonly messagesSeconds: number | undefined;
};

type Settings = z.infer<z.ZodObject<typeof retentionSettings>>;

export const retentionOf = (settings: Settings): RetentionConfig => ({
  notifications: { days: settings.TIDINGS_NOTIFICATIONS_KEPT_DAYS, daysByCategory: settings.TIDINGS_NOTIFICATIONS_KEPT_DAYS_BY_CATEGORY ?? {} },
  messagesSeconds: settings.TIDINGS_MESSAGES_KEPT_DAYS === undefined ? undefined : (settings.TIDINGS_MESSAGES_KEPT_DAYS * DAY_MS) / SECOND_MS,
});
