/**
 * A tour of Tidings through its public APIs only: three people and one app. Each step can be repeated with the same idempotency keys, so
 * the server may be killed and restarted anywhere and the tour still completes: nothing is missing and nothing is there twice.
 */
import { exchangeMessages } from './chat-steps.ts';
import { publishAndLike } from './feed-steps.ts';
import { notifyThroughApp } from './notification-steps.ts';
import { signUpAndBefriend } from './people-steps.ts';
import { createTourContext, type TourOptions } from './tour-context.ts';

/** What the tour left behind, for tests to compare with what the APIs answer. */
export type TourResult = {
  readonly steps: number;
  readonly channel: string;
  /** The texts of the channel's messages, in order. */
  readonly messages: readonly string[];
  readonly post: string;
  /** Tokens by name. */
  readonly tokens: { readonly ann: string; readonly bob: string; readonly cleo: string };
};

export async function runTour(options: TourOptions): Promise<TourResult> {
  const context = createTourContext(options);
  await signUpAndBefriend(context);
  const post = await publishAndLike(context);
  const { channel, texts } = await exchangeMessages(context);
  await notifyThroughApp(context);
  const { ann, bob, cleo } = context.people;
  return { steps: context.stepCount(), channel, messages: texts, post, tokens: { ann: ann.token, bob: bob.token, cleo: cleo.token } };
}
