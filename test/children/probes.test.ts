import { strict as assert } from 'node:assert';
import { podShapes, throughPooler } from '../../src/children/podshapes.ts';
import { webFields } from '../../src/children/probes.ts';
import { ready, readyThroughPooler } from '../../src/children/scripts.ts';

const [current] = podShapes;
const oldest = podShapes.at(-1) ?? current;

interface Web {
  readinessProbe: { exec?: { command: string[] }; httpGet?: object; timeoutSeconds: number; periodSeconds: number };
}

describe('children/probes', () => {
  it('are those of the shape, untouched, where the spec has none', () => {
    assert.equal(webFields(current, undefined), current.web);
    assert.deepEqual(webFields(current, {}), current.web);
    assert.deepEqual(webFields(current, { startup: {}, readiness: {} }), current.web);
  });

  it('take each number for itself, and leave the action', () => {
    assert.deepEqual(webFields(current, { startup: { initialDelaySeconds: 9 }, liveness: { failureThreshold: 7 } }), {
      ...current.web,
      startupProbe: { ...current.web.startupProbe, initialDelaySeconds: 9 },
      livenessProbe: { ...current.web.livenessProbe, failureThreshold: 7 },
    });
  });

  it('hold for the shape of a former release, too', () => {
    assert.deepEqual(webFields(oldest, { readiness: { timeoutSeconds: 20 } }), {
      ...oldest.web,
      readinessProbe: { ...oldest.web.readinessProbe, timeoutSeconds: 20 },
    });
  });

  it('end the program of the readiness probe within its time-out, the login before it', () => {
    for (const seconds of [4, 5, 60]) {
      const { readinessProbe } = webFields(current, { readiness: { timeoutSeconds: seconds } }) as Web;
      assert.equal(readinessProbe.timeoutSeconds, seconds);
      assert.equal(readinessProbe.periodSeconds, 10);
      const [, , program = ''] = readinessProbe.exec?.command ?? [];
      assert.equal(program, ready(seconds));
      const [alarm, login] = [/alarm\((\d+)\)/, /connect_timeout=(\d+)/].map((pattern) => Number(pattern.exec(program)?.[1]));
      assert.deepEqual([alarm, login], [seconds - 1, seconds - 2]);
    }
  });

  it('know the words of a pooler where the application connects through one', () => {
    const pooled = throughPooler(current, {});
    for (const readiness of [{ timeoutSeconds: 9 }, { periodSeconds: 3 }]) {
      const { readinessProbe } = webFields(pooled, { readiness }) as Web;
      assert.equal(readinessProbe.exec?.command[2], readyThroughPooler(readiness.timeoutSeconds ?? 5));
    }
  });
});
