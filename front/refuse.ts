/** The front's own refusals are problem details like all others. */
import type { ServerResponse } from 'node:http';
import { PROBLEM_MEDIA_TYPE, problemOf, type EdgeRefusal } from '../edge/problem.ts';

export function refuse(response: ServerResponse, refusal: EdgeRefusal): void {
  const problem = problemOf(refusal);
  response.writeHead(problem.status, { 'content-type': PROBLEM_MEDIA_TYPE, 'cache-control': 'no-store' }).end(JSON.stringify(problem));
}
