/** Frequency caps: how many deliveries a person may have had accepted in the 24 hours before, of one app, and of one category of it. */
import { categoryKey } from '../../people/category.ts';
import { DAY_MS, MINUTE_MS, plus, type Instant } from '../../shared/instant.ts';

/** What has been sent to one person by one app within the last 24 hours. `accepted`: undefined while the vendor has not answered. */
export type Counted = { readonly category: string; readonly acceptedAt: Instant | undefined };

/** The highest number of deliveries, and when there is room for another one. */
export type Frequency = { readonly sent: number; readonly max: number; readonly resetsAt: Instant };

/** `perDayMax` of the app, of every category; and of this category, where it has one. */
export type Caps = { readonly app: number; readonly category: number | undefined };

/** Where only deliveries that are under way stand in the way, it is looked at again so soon: they may fail. */
export const UNDER_WAY_LOOK_MS = MINUTE_MS;

/** The cap that leaves no room for the longest; undefined where there is room. */
export function frequencyOver(
  counted: readonly Counted[],
  { category, caps, at }: { readonly category: string; readonly caps: Caps; readonly at: Instant },
): Frequency | undefined {
  const key = categoryKey(category);
  const ofApp = over(counted, caps.app, at);
  const ofCategory =
    caps.category === undefined
      ? undefined
      : over(
          counted.filter((one) => categoryKey(one.category) === key),
          caps.category,
          at,
        );
  if (ofApp === undefined || ofCategory === undefined) return ofApp ?? ofCategory;
  return ofApp.resetsAt > ofCategory.resetsAt ? ofApp : ofCategory;
}

function over(counted: readonly Counted[], max: number, at: Instant): Frequency | undefined {
  if (counted.length < max) return undefined;
  const accepted = counted.flatMap(({ acceptedAt }) => acceptedAt ?? []).toSorted();
  const frees = accepted.length < max ? undefined : accepted[accepted.length - max];
  return { sent: counted.length, max, resetsAt: frees === undefined ? plus(at, UNDER_WAY_LOOK_MS) : plus(frees, DAY_MS) };
}
