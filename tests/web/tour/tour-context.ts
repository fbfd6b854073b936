/** What the steps of the tour by clicking share: its people, each in a browser of their own, and how a step is counted. */
import type { ExecutionContext } from 'ava';
import type { Locator, Page } from 'playwright-core';
import { pollUntil } from '../../client/expectations.ts';
import type { PeopleInBrowsers } from '../pages.ts';

export type TourPlace = {
  readonly people: PeopleInBrowsers;
  /** The operations listener: the outbox and the operator's page. */
  readonly ops: string;
  readonly adminToken: string;
};

export type Step = <Result>(line: string, act: () => Promise<Result>) => Promise<Result>;
export type TourContext = TourPlace & { readonly t: ExecutionContext; readonly step: Step };
export type People = { readonly ann: Page; readonly bob: Page; readonly cleo: Page };

const WITHIN_MS = 60_000;
/** A page that shows it by itself does so within this. */
const SHOWN_WITHIN_MS = 5_000;

export const go = (page: Page, place: 'Feed' | 'People' | 'Settings'): Promise<void> =>
  page.getByRole('banner').getByRole('link', { name: place, exact: true }).click();

/** Views follow the log: a page that was read a moment too early is read again, as people do. */
export const seen = (page: Page, what: Locator): Promise<void> =>
  pollUntil(
    String(what),
    async () => {
      const isShown = await what
        .first()
        .waitFor({ timeout: SHOWN_WITHIN_MS })
        .then(
          () => true,
          () => false,
        );
      if (!isShown) await page.reload();
      return isShown;
    },
    WITHIN_MS,
  );

/** Chooses a channel in the outbox, which looks for new messages by itself. */
export async function outbox(operator: Page, channel: 'Push' | 'Email', text: string | RegExp): Promise<Locator> {
  await operator.getByRole('button', { name: channel }).click();
  const messages = operator.getByRole('article').filter({ hasText: text });
  await messages.first().waitFor({ timeout: WITHIN_MS });
  return messages;
}
