/** Clients of the application. */
import { Agent, request } from 'node:http';

export interface Answer {
  status: number;
  /** milliseconds */
  took: number;
  body: string;
}

export interface Ask {
  address: string;
  path: string;
  agent?: Agent;
  timeoutSeconds?: number;
}

/** Asks the application; rejects when the connection breaks or the time is up. */
export function get({ address, path, agent, timeoutSeconds = 30 }: Ask): Promise<Answer> {
  const began = Date.now();
  const signal = AbortSignal.timeout(timeoutSeconds * 1000);
  return new Promise((resolve, reject) => {
    const asked = request({ host: address, port: 8000, path, agent: agent ?? false, signal }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.once('error', reject);
      response.once('end', () => {
        resolve({ status: response.statusCode ?? 0, took: Date.now() - began, body: Buffer.concat(parts).toString() });
      });
    });
    asked.once('error', reject).end();
  });
}

export interface LoadResult {
  /** how many answers had each status; \`failed\` stands for no answer */
  statuses: Record<string, number>;
  /** milliseconds, sorted */
  took: number[];
}

/** Clients that each ask, wait for the answer and ask again, for that long. */
export async function load(ask: Ask, clients: number, seconds: number): Promise<LoadResult> {
  const end = Date.now() + seconds * 1000;
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const result: LoadResult = { statuses: {}, took: [] };
  const client = async (): Promise<void> => {
    while (Date.now() < end) {
      const answer = await get({ ...ask, agent }).catch(() => undefined);
      const status = answer?.status ?? 'failed';
      result.statuses[status] = (result.statuses[status] ?? 0) + 1;
      if (answer !== undefined) result.took.push(answer.took);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  result.took.sort((a, b) => a - b);
  return result;
}
