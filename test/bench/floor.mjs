/** The floor: bare node:http that reads the body, parses it, builds nine children and a status without any decision, and writes them. */
import { Buffer } from 'node:buffer';
import http from 'node:http';

const labels = { app: 'bestie', 'app.kubernetes.io/instance': 'bestie', 'app.kubernetes.io/name': 'bestie' };
const container = (name) => ({
  name,
  image: 'quay.io/opdev/bestie:1.3',
  env: ['DATABASE_URL', 'DB_ADDR', 'DB_PORT', 'DB_DATABASE', 'DB_USER', 'DB_PASSWORD'].map((variable) => ({
    name: variable,
    valueFrom: { secretKeyRef: { name: 'bestie-pgo-pguser-bestie', key: variable.toLowerCase() } },
  })),
  resources: { requests: { cpu: '200m', memory: '256Mi' }, limits: { cpu: '500m', memory: '512Mi' } },
  ports: [{ name: 'http', containerPort: 8000, protocol: 'TCP' }],
});
const kinds = [
  'PostgresCluster.postgres-operator.crunchydata.com/v1beta1',
  'Job.batch/v1',
  'Deployment.apps/v1',
  'Service.v1',
  'HorizontalPodAutoscaler.autoscaling/v2',
  'PodDisruptionBudget.policy/v1',
  'Ingress.networking.k8s.io/v1',
  'ServiceMonitor.monitoring.coreos.com/v1',
  'PrometheusRule.monitoring.coreos.com/v1',
];

function answer({ parent }) {
  const { name } = parent.metadata;
  const children = kinds.map((key) => {
    const dot = key.indexOf('.');
    const spec = {
      replicas: 3,
      selector: { matchLabels: { ...labels } },
      template: { metadata: { labels: { ...labels } }, spec: { containers: [container('bestie')] } },
    };
    return { apiVersion: key.slice(dot + 1), kind: key.slice(0, dot), metadata: { name: `${name}-${dot}`, labels: { ...labels } }, spec };
  });
  const conditions = ['Ready', 'Reconciling', 'Stalled'].map((type) => ({
    type,
    status: 'True',
    reason: 'Floor',
    message: '',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  }));
  return { status: { conditions }, children };
}

const usage = () =>
  `process_cpu_seconds_total ${process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6}\nprocess_resident_memory_bytes ${process.memoryUsage.rss()}\n`;

http
  .createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const text = JSON.stringify(answer(JSON.parse(Buffer.concat(chunks).toString())));
      response.setHeader('content-type', 'application/json').end(text);
    });
  })
  .listen(Number(process.env.HOOK_PORT), '127.0.0.1');
http
  .createServer((request, response) => response.end(request.url === '/metrics' ? usage() : 'ok\n'))
  .listen(Number(process.env.METRICS_PORT), '127.0.0.1');
