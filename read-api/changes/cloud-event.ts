/** A change as a CloudEvent (CloudEvents 1.0, JSON format), for tools that take nothing else. */
import type { ChangeView } from './wanted-changes.ts';

export const cloudEventOf = (projection: string, { collection, id, version, change, document }: ChangeView) => ({
  specversion: '1.0' as const,
  id: `${collection}/${id}/${version}`,
  source: `/v1/projections/${projection}`,
  type: `tidings.${projection}.${collection}.${change}`,
  subject: `${collection}/${id}`,
  datacontenttype: 'application/json' as const,
  tidingsversion: version,
  data: document,
});
