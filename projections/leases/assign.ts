/** Who is to hold which unit: spread evenly, and moved only as far as that takes. */
import { runnerOfCheckpoint } from '../progress/names.ts';

/** By unit: the id of the process that is to hold it. */
export type Assigned = Readonly<Record<string, string>>;
export type OfferingProcess = { readonly id: string; readonly offers: readonly string[] };

/**
 * Units that the same processes offer are spread among these, so that none has more than ⌈units ÷ processes⌉ of them. Whoever has a
 * unit keeps it up to that number. The same input gives the same answer in every process.
 */
export function assign(processes: readonly OfferingProcess[], before: Assigned, withdrawn: readonly string[] = []): Assigned {
  const assigned: Record<string, string> = {};
  const loads = new Map(processes.map(({ id }) => [id, 0]));
  for (const { units, candidates } of groupsOf(processes, withdrawn)) {
    const quota = Math.ceil(units.length / candidates.length);
    const shares = new Map(candidates.map((id) => [id, 0]));
    const give = (unit: string, id: string) => {
      assigned[unit] = id;
      shares.set(id, (shares.get(id) ?? 0) + 1);
      loads.set(id, (loads.get(id) ?? 0) + 1);
    };
    const free: string[] = [];
    for (const unit of units) {
      const holder = before[unit];
      const share = holder === undefined ? undefined : shares.get(holder);
      if (holder === undefined || share === undefined || share >= quota) free.push(unit);
      else give(unit, holder);
    }
    const leastLoaded = () =>
      candidates.reduce((one, other) => {
        const difference = (shares.get(other) ?? 0) - (shares.get(one) ?? 0) || (loads.get(other) ?? 0) - (loads.get(one) ?? 0);
        return difference < 0 ? other : one;
      });
    for (const unit of free) give(unit, leastLoaded());
  }
  return assigned;
}

type Group = { readonly units: readonly string[]; readonly candidates: readonly string[] };

function groupsOf(processes: readonly OfferingProcess[], withdrawn: readonly string[]): readonly Group[] {
  const candidatesOf = new Map<string, string[]>();
  for (const { id, offers } of processes.toSorted((one, other) => (one.id < other.id ? -1 : 1))) {
    for (const unit of offers) {
      const candidates = candidatesOf.get(unit);
      if (candidates === undefined) candidatesOf.set(unit, [id]);
      else candidates.push(id);
    }
  }
  const shared = [...candidatesOf].filter(([unit]) => !withdrawn.includes(runnerOfCheckpoint(unit))).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return [...Map.groupBy(shared, ([, candidates]) => candidates.join(' ')).values()].map((group) => ({
    units: group.map(([unit]) => unit),
    candidates: group[0]?.[1] ?? [],
  }));
}
