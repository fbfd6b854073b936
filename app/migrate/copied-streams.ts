/** Which streams are copied event by event, and what becomes of the others. */

/** `copied`: every event with its id and revision. `places`: it names positions, and is written anew. `lost`: costs nothing but time. */
export function handlingOf(stream: string): 'copied' | 'places' | 'lost' {
  if (stream.startsWith('$')) return 'lost'; // the event store's own: metadata, notices
  if (/^(checkpoint|dead-letters)-/.test(stream)) return 'places';
  // Snapshots name positions as well, and are taken again; nothing is in the probe.
  if (/^(snapshot|health)-/.test(stream)) return 'lost';
  return 'copied';
}
