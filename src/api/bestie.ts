/* Generated from manifests/crd/besties.yaml by `npm run generate`. Do not edit. */

/**
 * Keys to mount, and their paths; left out, every key is a file of its name.
 */
export type Items = {
  /**
   * Key in it.
   */
  key: string;
  /**
   * Relative path of the file in the volume, which does not begin with two dots.
   */
  path: string;
  /**
   * Mode of the file, as a decimal number, 0 to 511 (octal 0777).
   */
  mode?: number;
}[];
/**
 * Environment variables of the container.
 */
export type Env = {
  /**
   * Name of the variable.
   */
  name: string;
  /**
   * Value of the variable.
   */
  value?: string;
  valueFrom?: ValueFrom;
}[];
/**
 * ConfigMaps and Secrets whose keys become variables of the container; env wins.
 */
export type EnvFrom = EnvFromItem[];
/**
 * Where the container mounts volumes of spec.volumes.
 */
export type VolumeMounts = VolumeMountsItem[];
export type MatchFields = {
  key: 'metadata.name';
  operator: 'In' | 'NotIn';
  values: string[];
}[];
export type MatchLabelKeys = string[];
export type PreferredDuringSchedulingIgnoredDuringExecution = {
  podAffinityTerm: PodAffinityTerm;
  weight: number;
}[];
export type RequiredDuringSchedulingIgnoredDuringExecution = PodAffinityTerm[];
/**
 * Conditions on labels; all of them must hold.
 */
export type MatchExpressions = {
  /**
   * Name of the label.
   */
  key: string;
  /**
   * How the label is compared with the values.
   */
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  /**
   * Values to compare with.
   */
  values?: string[];
}[];
/**
 * The range, such as 192.0.2.0/24 or 2001:db8::/64.
 */
export type Cidr = string;
/**
 * Ranges within cidr that are left out.
 */
export type Except = string[];
/**
 * Conditions on labels; all of them must hold.
 */
export type MatchExpressions2 = {
  /**
   * Name of the label.
   */
  key: string;
  /**
   * How the label is compared with the values.
   */
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  /**
   * Values to compare with.
   */
  values?: string[];
}[];
/**
 * Secret in the Bestie's Namespace with the repository's keys in the form that Crunchy PGO reads (s3.conf, gcs.conf and a key file, or azure.conf). Left out where the pods have an identity of their own.
 */
export type CredentialsSecret = string;
/**
 * The data as of that moment, an RFC 3339 time such as 2026-11-24T10:00:00Z. Milliseconds count, anything finer is refused.
 */
export type Time = string;
export type PreferredDuringSchedulingIgnoredDuringExecution2 = {
  podAffinityTerm: PodAffinityTerm2;
  weight: number;
}[];
export type RequiredDuringSchedulingIgnoredDuringExecution2 = PodAffinityTerm2[];

export interface Generated {
  spec?: BestieSpec;
  status?: BestieStatus;
}
/**
 * What should run.
 */
export interface BestieSpec {
  /**
   * Number of application pods; with maxReplicas it is the least number that autoscaling keeps.
   */
  size: number;
  /**
   * Image repository, without tag or digest; a registry may carry a port. Defaults to quay.io/opdev/bestie.
   */
  image: string;
  /**
   * Image tag, digest in the form sha256:<64 hex digits>, or both as tag@digest, of which the digest decides and the tag is compared with other versions. It holds for the Deployment and the migration Job. A change is an upgrade, which restarts the pods of the application. Defaults to 1.3. Stability: stable.
   */
  version: string;
  /**
   * Greatest number of application pods. Setting it switches autoscaling on; it must not be less than size.
   */
  maxReplicas?: number;
  /**
   * CPU and memory of each application pod. Autoscaling needs the CPU request.
   */
  resources: {
    /**
     * What the scheduler sets aside for each pod. Defaults to {cpu: 200m, memory: 256Mi}.
     */
    requests: {
      [k: string]: number | string;
    };
    /**
     * What each pod may use at most. Defaults to {cpu: 500m, memory: 512Mi}.
     */
    limits: {
      [k: string]: number | string;
    };
  };
  /**
   * Type of the Service in front of the pods; service.type means the same and comes first. Defaults to ClusterIP.
   */
  serviceType: 'ClusterIP' | 'NodePort' | 'LoadBalancer';
  /**
   * The Service in front of the pods. Changing it restarts nothing.
   */
  service?: {
    /**
     * Type of the Service: ClusterIP is reached from inside the cluster, NodePort on each node, LoadBalancer also by an address of its own. Left out, it is serviceType. It holds for the Service; changing it restarts nothing. Stability: stable.
     */
    type?: 'ClusterIP' | 'NodePort' | 'LoadBalancer';
    /**
     * Extra annotations of the Service, for the controllers that read it, such as that of a load balancer. It holds for the Service; changing it restarts nothing. Stability: stable.
     */
    annotations?: {
      [k: string]: string;
    };
    /**
     * Class of the load balancer, for the controller that makes it; the cluster's own where left out. Only with type LoadBalancer, and fixed while the type is that. It holds for the Service; changing it restarts nothing. Stability: stable.
     */
    loadBalancerClass?: string;
    /**
     * Families of the Service's addresses, IPv4 or IPv6, the first one first; the first cannot change later. Left out, a new Service has the first one of the cluster, and one that exists keeps its own. It holds for the Service; changing it restarts nothing. Stability: stable.
     */
    ipFamilies?: ('IPv4' | 'IPv6')[];
    /**
     * How many families the Service has: SingleStack is one, PreferDualStack two where the cluster has both, RequireDualStack two. Left out, a new Service has one, and one that exists keeps its own. It holds for the Service; changing it restarts nothing. Stability: stable.
     */
    ipFamilyPolicy?: 'SingleStack' | 'PreferDualStack' | 'RequireDualStack';
    /**
     * Where a request from outside goes: with Cluster, which Kubernetes takes where it is left out, to any pod; with Local only to pods of the node that it came to, which keeps the address of the client. Only with type NodePort or LoadBalancer. It holds for the Service; changing it restarts nothing. Stability: stable.
     */
    externalTrafficPolicy?: 'Cluster' | 'Local';
    /**
     * Whether requests from one address go to one pod: ClientIP for three hours after the last one, None not at all, as where it is left out. It holds for the Service; changing it restarts nothing. Stability: stable.
     */
    sessionAffinity?: 'None' | 'ClientIP';
  };
  /**
   * How the application is reached from outside. An HTTPRoute where gateway is set; else a Route where that component is installed; else an Ingress. Left out, a Route or an Ingress exists wherever the operator was installed with one of them.
   */
  exposure?: {
    /**
     * false creates neither an Ingress nor a Route nor an HTTPRoute, and deletes an existing one; true requests one also where no component for it is installed, which IngressCreated then reports. Left out, a Bestie has the HTTPRoute of the Gateway that the spec names, else the Route or Ingress that the operator was installed with. It holds for the Ingress, the Route and the HTTPRoute. Changing it restarts the pods of the application only where users come over TLS before and not after, or the other way round. Stability: stable.
     */
    enabled?: boolean;
    /**
     * Host name to answer for. Left out, an Ingress answers for every host, OpenShift chooses one for a Route, and an HTTPRoute answers for those of the listeners of its Gateway.
     */
    host?: string;
    /**
     * IngressClass to use; the cluster's default where left out. A Route and an HTTPRoute have none.
     */
    className?: string;
    /**
     * Secret with tls.crt and tls.key for the host. A Route without it uses the router's certificate. A Gateway has certificates of its own.
     */
    tlsSecretName?: string;
    /**
     * Extra annotations of the Ingress, Route or HTTPRoute, for the controller that serves it.
     */
    annotations?: {
      [k: string]: string;
    };
    /**
     * The Gateway by which users reach the application. Setting it requests an HTTPRoute, which needs the component gateway; without it HTTPRouteCreated reports APINotInstalled. An Ingress or Route that exists stays until the Gateway has accepted the HTTPRoute, and is then deleted unless keep names it. TLS is the Gateway's. Setting or removing it restarts the pods of the application only where users come over TLS before and not after, or the other way round; see scheme.
     */
    gateway?: {
      /**
       * Name of the Gateway. It is a parent of the HTTPRoute; the Deployment and the migration Job do not know it. Changing it restarts no pods. Users may lose requests until the other Gateway has accepted the HTTPRoute. Stability: alpha.
       */
      name: string;
      /**
       * Namespace of the Gateway. Left out, that of the Bestie. A listener of a Gateway in another Namespace must admit HTTPRoutes of this one (allowedRoutes); if none does, HTTPRouteCreated is False with NotAccepted. It holds for the HTTPRoute. Changing it restarts no pods. Stability: alpha.
       */
      namespace?: string;
      /**
       * Name of one listener of the Gateway. Left out, the HTTPRoute is attached to every listener that admits it. It holds for the HTTPRoute. Changing it restarts no pods. Stability: alpha.
       */
      sectionName?: string;
      /**
       * What users see in front of the Gateway, http or https. Left out, it means http. The operator cannot read the Gateway, so it takes the scheme of status.url from here. With https the application redirects to https and marks its cookies secure, unless a way in beside the Gateway has no TLS. It holds for the Deployment and the migration Job. Changing it restarts the pods of the application. Stability: alpha.
       */
      scheme?: 'http' | 'https';
    };
    /**
     * Ways in that exist beside the Gateway during a move, Ingress, Route or both; one that does not exist is created. Requires gateway. Without it an Ingress or Route is deleted as soon as the Gateway has accepted the HTTPRoute, although the name of the host may still lead to the former address. It holds for the Ingress and the Route. Changing it restarts the pods of the application only where it changes whether every way in has TLS. Stability: alpha.
     */
    keep?: ('Ingress' | 'Route')[];
  };
  /**
   * The target of autoscaling between size and maxReplicas.
   */
  autoscaling: {
    /**
     * Target CPU use, in percent of the CPU request. Defaults to 30.
     */
    targetCPUUtilizationPercentage: number;
  };
  /**
   * Secret that signs the users' sessions. Left out, a value kept by the database operator is used, which changes with the database password. Required with an external database.
   */
  sessionSecret?: {
    /**
     * Name of a Secret in the Bestie's Namespace.
     */
    name: string;
    /**
     * Key in that Secret. Defaults to SECRET_KEY.
     */
    key: string;
  };
  /**
   * Extra environment variables of the application and of its migrations. The operator's own GUNICORN_CMD_ARGS and FLASK_ENV may be overridden; the variables that carry credentials may not.
   */
  env?: {
    /**
     * Name of the variable.
     */
    name: string;
    /**
     * Value of the variable.
     */
    value?: string;
    valueFrom?: ValueFrom;
  }[];
  /**
   * ConfigMaps and Secrets whose keys become environment variables of the application and of its migrations. The operator's own variables and those of env win. One that does not exist keeps new containers from starting, which DeploymentReady reports; a change of the list restarts the pods of the application, a change of what it names does not. Stability: stable.
   */
  envFrom?: EnvFromItem[];
  /**
   * Extra volumes of the pods of the application and of its migrations, for volumeMounts. A change restarts the pods of the application. The name tmp is reserved. A volume that does not exist keeps new pods from starting, which DeploymentReady reports; the pods that run stay. Stability: stable.
   */
  volumes?: {
    /**
     * Name of the volume.
     */
    name: string;
    /**
     * A ConfigMap in the Bestie's Namespace.
     */
    configMap?: {
      /**
       * Name of the ConfigMap.
       */
      name: string;
      items?: Items;
      /**
       * Mode of the files, as a decimal number, 0 to 511 (octal 0777); 420 (0644) where it is left out.
       */
      defaultMode?: number;
      /**
       * Whether the pod starts without it.
       */
      optional?: boolean;
    };
    /**
     * A Secret in the Bestie's Namespace.
     */
    secret?: {
      /**
       * Name of the Secret.
       */
      secretName: string;
      items?: Items;
      /**
       * Mode of the files, as a decimal number, 0 to 511 (octal 0777); 420 (0644) where it is left out.
       */
      defaultMode?: number;
      /**
       * Whether the pod starts without it.
       */
      optional?: boolean;
    };
    /**
     * An empty directory that lives as long as the pod.
     */
    emptyDir?: {
      /**
       * Memory keeps it in memory, which counts as memory of the containers that write to it.
       */
      medium?: 'Memory';
      /**
       * Greatest size; the pod is evicted when it exceeds it.
       */
      sizeLimit?: number | string;
    };
    /**
     * A PersistentVolumeClaim in the Bestie's Namespace. Its access modes must suit as many pods as there are.
     */
    persistentVolumeClaim?: {
      /**
       * Name of the claim.
       */
      claimName: string;
      /**
       * Whether the pod may only read.
       */
      readOnly?: boolean;
    };
    /**
     * Several sources in one directory.
     */
    projected?: {
      /**
       * Mode of the files, as a decimal number, 0 to 511 (octal 0777); 420 (0644) where it is left out.
       */
      defaultMode?: number;
      /**
       * What is mounted. Each item has exactly one source, and each file in the volume a path of its own.
       */
      sources: {
        /**
         * A ConfigMap in the Bestie's Namespace.
         */
        configMap?: {
          /**
           * Name of the ConfigMap.
           */
          name: string;
          items?: Items;
          /**
           * Whether the pod starts without it.
           */
          optional?: boolean;
        };
        /**
         * A Secret in the Bestie's Namespace.
         */
        secret?: {
          /**
           * Name of the Secret.
           */
          name: string;
          items?: Items;
          /**
           * Whether the pod starts without it.
           */
          optional?: boolean;
        };
        /**
         * A token of the pods' ServiceAccount, for its audience. One for the API server needs automountServiceAccountToken.
         */
        serviceAccountToken?: {
          /**
           * Who shall accept the token. Left out, it is the API server, which is refused unless automountServiceAccountToken is true.
           */
          audience?: string;
          /**
           * Seconds after which it expires; the kubelet renews it before. Defaults to 3600.
           */
          expirationSeconds: number;
          /**
           * Relative path of the file in the volume, which does not begin with two dots.
           */
          path: string;
        };
      }[];
    };
    /**
     * A volume of a CSI driver that lives as long as the pod, for instance of a secrets store.
     */
    csi?: {
      /**
       * Name of the driver.
       */
      driver: string;
      /**
       * Whether the pod may only read.
       */
      readOnly?: boolean;
      /**
       * Settings for the driver.
       */
      volumeAttributes?: {
        [k: string]: string;
      };
      /**
       * A Secret that the driver gets.
       */
      nodePublishSecretRef?: {
        /**
         * Name of the Secret.
         */
        name: string;
      };
    };
    /**
     * A directory of an NFS server.
     */
    nfs?: {
      /**
       * Name or address of the server.
       */
      server: string;
      /**
       * Path that the server exports.
       */
      path: string;
      /**
       * Whether the pod may only read.
       */
      readOnly?: boolean;
    };
    /**
     * A file or directory of the node. The policy bestie-host-path refuses it where the administrator of the cluster has not left that policy out.
     */
    hostPath?: {
      /**
       * Absolute path on the node.
       */
      path: string;
      /**
       * What must be there.
       */
      type?: 'DirectoryOrCreate' | 'Directory' | 'FileOrCreate' | 'File' | 'Socket' | 'CharDevice' | 'BlockDevice';
    };
  }[];
  /**
   * Where the containers of the application and of its migrations mount volumes of spec.volumes; /tmp is taken. A change restarts the pods of the application. Stability: stable.
   */
  volumeMounts?: VolumeMountsItem[];
  /**
   * Containers that run one after the other, before the application and before each migration, once the database takes logins and the sidecars have started. It holds for the Deployment and the migration Job. A change restarts the pods of the application. Stability: alpha.
   */
  initContainers?: {
    /**
     * Name of the container.
     */
    name: string;
    /**
     * Image reference. Left out, the image of the application.
     */
    image?: string;
    /**
     * When the kubelet pulls the image. Left out, the policy of the spec holds for the image of the application, and Kubernetes decides by the tag of another one.
     */
    imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
    /**
     * What is run, in place of the entry point of the image.
     */
    command?: string[];
    /**
     * Arguments.
     */
    args?: string[];
    /**
     * Directory in which it is run.
     */
    workingDir?: string;
    env?: Env;
    envFrom?: EnvFrom;
    resources?: Resources;
    securityContext?: SecurityContext;
    volumeMounts?: VolumeMounts;
  }[];
  /**
   * Containers that run beside the application and beside each migration, from before the database is waited for until the pod ends: init containers that restart always. It holds for the Deployment and the migration Job, whose end they do not delay. A change restarts the pods of the application. Stability: alpha.
   */
  sidecars?: {
    /**
     * Name of the container.
     */
    name: string;
    /**
     * Image reference. Left out, the image of the application.
     */
    image?: string;
    /**
     * When the kubelet pulls the image. Left out, the policy of the spec holds for the image of the application, and Kubernetes decides by the tag of another one.
     */
    imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
    /**
     * What is run, in place of the entry point of the image.
     */
    command?: string[];
    /**
     * Arguments.
     */
    args?: string[];
    /**
     * Directory in which it is run.
     */
    workingDir?: string;
    env?: Env;
    envFrom?: EnvFrom;
    resources?: Resources;
    securityContext?: SecurityContext;
    volumeMounts?: VolumeMounts;
    /**
     * Ports on which it listens, for reading.
     */
    ports?: {
      /**
       * Number of the port.
       */
      containerPort: number;
      /**
       * Name of the port.
       */
      name?: string;
      /**
       * Protocol of the port. Defaults to TCP.
       */
      protocol: 'TCP' | 'UDP' | 'SCTP';
    }[];
    /**
     * What must succeed once before the next container starts.
     */
    startupProbe?: {
      exec?: Exec;
      httpGet?: HttpGet;
      /**
       * A connection.
       */
      tcpSocket?: {
        /**
         * Number of the port.
         */
        port: number;
      };
      grpc?: Grpc;
      /**
       * Seconds before the first check.
       */
      initialDelaySeconds?: number;
      /**
       * Seconds between two checks; 10 where it is left out.
       */
      periodSeconds?: number;
      /**
       * Seconds that a check may take; 1 where it is left out.
       */
      timeoutSeconds?: number;
      /**
       * Failures in a row that count; 3 where it is left out.
       */
      failureThreshold?: number;
    };
    /**
     * What must succeed for the pod to be ready.
     */
    readinessProbe?: {
      exec?: Exec;
      httpGet?: HttpGet;
      /**
       * A connection.
       */
      tcpSocket?: {
        /**
         * Number of the port.
         */
        port: number;
      };
      grpc?: Grpc;
      /**
       * Seconds before the first check.
       */
      initialDelaySeconds?: number;
      /**
       * Seconds between two checks; 10 where it is left out.
       */
      periodSeconds?: number;
      /**
       * Seconds that a check may take; 1 where it is left out.
       */
      timeoutSeconds?: number;
      /**
       * Failures in a row that count; 3 where it is left out.
       */
      failureThreshold?: number;
    };
    /**
     * What must succeed, or the container is restarted.
     */
    livenessProbe?: {
      exec?: Exec;
      httpGet?: HttpGet;
      /**
       * A connection.
       */
      tcpSocket?: {
        /**
         * Number of the port.
         */
        port: number;
      };
      grpc?: Grpc;
      /**
       * Seconds before the first check.
       */
      initialDelaySeconds?: number;
      /**
       * Seconds between two checks; 10 where it is left out.
       */
      periodSeconds?: number;
      /**
       * Seconds that a check may take; 1 where it is left out.
       */
      timeoutSeconds?: number;
      /**
       * Failures in a row that count; 3 where it is left out.
       */
      failureThreshold?: number;
    };
  }[];
  /**
   * Labels of the nodes that the application may run on.
   */
  nodeSelector?: {
    [k: string]: string;
  };
  /**
   * Taints that the application tolerates, as in the Pod API.
   */
  tolerations?: {
    effect?: '' | 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
    key?: string;
    operator?: '' | 'Equal' | 'Exists';
    tolerationSeconds?: number;
    value?: string;
  }[];
  /**
   * Scheduling preferences, as in the Pod API. The pods of migrations take nodeAffinity alone.
   */
  affinity?: {
    nodeAffinity?: {
      preferredDuringSchedulingIgnoredDuringExecution?: {
        preference: {
          matchExpressions?: {
            key: string;
            operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
            values?: string[];
          }[];
          matchFields?: MatchFields;
        };
        weight: number;
      }[];
      requiredDuringSchedulingIgnoredDuringExecution?: {
        nodeSelectorTerms: {
          matchExpressions?: {
            key: string;
            operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
            values?: string[];
          }[];
          matchFields?: MatchFields;
        }[];
      };
    };
    podAffinity?: {
      preferredDuringSchedulingIgnoredDuringExecution?: PreferredDuringSchedulingIgnoredDuringExecution;
      requiredDuringSchedulingIgnoredDuringExecution?: RequiredDuringSchedulingIgnoredDuringExecution;
    };
    podAntiAffinity?: {
      preferredDuringSchedulingIgnoredDuringExecution?: PreferredDuringSchedulingIgnoredDuringExecution;
      requiredDuringSchedulingIgnoredDuringExecution?: RequiredDuringSchedulingIgnoredDuringExecution;
    };
  };
  /**
   * How the pods spread over the cluster, as in the Pod API.
   */
  topologySpreadConstraints?: {
    labelSelector?: {
      matchExpressions?: {
        key: string;
        operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
        values?: string[];
      }[];
      matchLabels?: {
        [k: string]: string;
      };
    };
    matchLabelKeys?: MatchLabelKeys;
    maxSkew: number;
    minDomains?: number;
    nodeAffinityPolicy?: 'Honor' | 'Ignore';
    nodeTaintsPolicy?: 'Honor' | 'Ignore';
    topologyKey: string;
    whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway';
  }[];
  /**
   * Extra labels of the pods of the application and of its migrations. Labels of the operator win. It holds for the Deployment and the migration Job. A change restarts the pods of the application. Stability: stable.
   */
  podLabels?: {
    [k: string]: string;
  };
  /**
   * Extra annotations of the pods of the application and of its migrations, for a mesh or an agent. Those of the operator win. It holds for the Deployment and the migration Job. A change restarts the pods of the application. Stability: stable.
   */
  podAnnotations?: {
    [k: string]: string;
  };
  /**
   * Security context of the pods. The defaults follow the restricted Pod Security Standard.
   */
  podSecurityContext: {
    /**
     * Whether the kubelet refuses to start the pod as root. Defaults to true.
     */
    runAsNonRoot: boolean;
    /**
     * User id of the processes. Left out it is 10001, because the image names no user, or on OpenShift the one that the platform assigns.
     */
    runAsUser?: number;
    /**
     * Group id of the processes.
     */
    runAsGroup?: number;
    /**
     * Group that owns the mounted volumes.
     */
    fsGroup?: number;
    /**
     * Seccomp profile, as in the Pod API. Defaults to {type: RuntimeDefault}.
     */
    seccompProfile: {
      /**
       * Kind of profile.
       */
      type: 'RuntimeDefault' | 'Localhost' | 'Unconfined';
      /**
       * File of a Localhost profile, below the kubelet's directory of profiles.
       */
      localhostProfile?: string;
    };
  };
  /**
   * Security context of each container. The defaults follow the restricted Pod Security Standard.
   */
  containerSecurityContext: {
    /**
     * Whether a process may gain more rights than its parent. Defaults to false.
     */
    allowPrivilegeEscalation: boolean;
    /**
     * Whether the image's file system is read-only; /tmp is always writable. Defaults to true.
     */
    readOnlyRootFilesystem: boolean;
    /**
     * As in podSecurityContext, for the containers alone.
     */
    runAsNonRoot?: boolean;
    /**
     * As in podSecurityContext, for the containers alone.
     */
    runAsUser?: number;
    /**
     * Linux capabilities. Defaults to {drop: [ALL]}.
     */
    capabilities: {
      /**
       * Capabilities to add.
       */
      add?: string[];
      /**
       * Capabilities to remove.
       */
      drop?: string[];
    };
  };
  /**
   * Secrets with which the kubelet pulls the images, by name, as in the Pod API; the operator reads none. The kubelet pulls without one that does not exist: ImagePulled then names them where the image cannot be pulled. It holds for the Deployment and the migration Job. A change restarts the pods of the application. Stability: stable.
   */
  imagePullSecrets?: {
    /**
     * Name of a Secret in the Bestie's Namespace.
     */
    name: string;
  }[];
  /**
   * When the kubelet pulls the image of the application. Left out, Kubernetes chooses Always for the tag latest and IfNotPresent for any other. It holds for the Deployment and the migration Job. A change restarts the pods of the application. Stability: stable.
   */
  imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  /**
   * PriorityClass of the pods: which pods a full node makes room for, and which wait. While it does not exist no pod is created; DeploymentReady or DatabaseSeeded names it, and the pods that run stay. It holds for the Deployment and the migration Job. A change restarts the pods of the application. Stability: stable.
   */
  priorityClassName?: string;
  /**
   * ServiceAccount of the pods, in the Bestie's Namespace; its pull secrets and its cloud identity come with it. Left out it is default. While it does not exist no pod is created; DeploymentReady or DatabaseSeeded names it, and the pods that run stay. It holds for the Deployment and the migration Job. A change restarts the pods of the application. Stability: stable.
   */
  serviceAccountName?: string;
  /**
   * Whether the pods get a token of their ServiceAccount, with which they reach the API server with its rights. Left out no such token is mounted, whatever the ServiceAccount says, and a token of volumes must have another audience. The application itself needs none. It holds for the Deployment and the migration Job. A change restarts the pods of the application. Stability: stable.
   */
  automountServiceAccountToken?: boolean;
  /**
   * RuntimeClass of the pods, such as one for a sandboxed runtime. While it does not exist no pod is created; DeploymentReady or DatabaseSeeded names it, and the pods that run stay. It holds for the Deployment and the migration Job. A change restarts the pods of the application. Stability: stable.
   */
  runtimeClassName?: string;
  /**
   * Scheduler that places the pods. Left out it is default-scheduler. A pod that no scheduler has looked at for two minutes is reported with this name. It holds for the Deployment and the migration Job. A change restarts the pods of the application. Stability: stable.
   */
  schedulerName?: string;
  /**
   * Additions to the name resolution of the pods, as in the Pod API; they are merged with that of the cluster. It holds for the Deployment and the migration Job. A change restarts the pods of the application. Stability: stable.
   */
  dnsConfig?: {
    /**
     * IP addresses of additional name servers, three at most.
     */
    nameservers?: string[];
    /**
     * Domains in which a short host name is looked up, beside those of the cluster; 2048 characters at most with the blanks between them.
     */
    searches?: string[];
    /**
     * Options of the resolver, such as ndots, by name.
     */
    options?: {
      /**
       * Name of the option.
       */
      name: string;
      /**
       * Value of the option; left out where it has none.
       */
      value?: string;
    }[];
  };
  /**
   * Lines that are added to /etc/hosts of the pods, one for each IP address, as in the Pod API. It holds for the Deployment and the migration Job. A change restarts the pods of the application. Stability: stable.
   */
  hostAliases?: {
    /**
     * IP address that the names stand for.
     */
    ip: string;
    /**
     * Host names for that address.
     */
    hostnames: string[];
  }[];
  /**
   * Seconds that a pod of the application has to end. It answers for five more seconds while every proxy forgets it, then it finishes its requests until five seconds before the end: gunicorn's graceful time follows, unless env sets GUNICORN_CMD_ARGS. Left out it is 30. It holds for the Deployment alone. A change restarts the pods of the application. Stability: stable.
   */
  terminationGracePeriodSeconds?: number;
  /**
   * How many pods a rolling update of the Deployment may add and take away at a time.
   */
  strategy?: {
    /**
     * Pods that may run beyond the wanted number, or a percentage of it, rounded up. Left out it is 1. Each needs connections to the database, and ConnectionsSufficient counts them. It holds for the Deployment alone. A change restarts no pod. Stability: alpha.
     */
    maxSurge?: number | string;
    /**
     * Pods that may be missing from the wanted number, or a percentage of it, rounded down. Left out it is 0, and a rollout that fails leaves all former pods in place. With more a rollout that fails leaves fewer pods, and with size 1 each rollout is an outage. It holds for the Deployment alone. A change restarts no pod. Stability: alpha.
     */
    maxUnavailable?: number | string;
  };
  /**
   * Times of the probes of the application. What the probes do is the operator's; none restarts a pod because the database is away.
   */
  probes?: {
    /**
     * Until this probe succeeds the other two wait; if it never does the kubelet starts the container again. It holds for the Deployment alone. A change restarts the pods of the application. Stability: alpha.
     */
    startup?: {
      /**
       * Seconds from the start of the container to the first try. Left out it is 0.
       */
      initialDelaySeconds?: number;
      /**
       * Seconds between two tries. Left out it is 3.
       */
      periodSeconds?: number;
      /**
       * Seconds after which a try has failed. Left out it is 2.
       */
      timeoutSeconds?: number;
      /**
       * Tries after which the container is started again. Left out it is 40, which gives the application two minutes.
       */
      failureThreshold?: number;
    };
    /**
     * The kubelet starts the container again when this probe fails, which opens a connection to the application and asks nothing of it. It holds for the Deployment alone. A change restarts the pods of the application. Stability: alpha.
     */
    liveness?: {
      /**
       * Seconds between two tries. Left out it is 15.
       */
      periodSeconds?: number;
      /**
       * Seconds after which a try has failed. Left out it is 5.
       */
      timeoutSeconds?: number;
      /**
       * Failed tries in a row after which the container is started again. Left out it is 3.
       */
      failureThreshold?: number;
    };
    /**
     * A pod gets requests while this probe succeeds, which logs in to the database and opens a connection to the application. It holds for the Deployment alone. A change restarts the pods of the application. Stability: alpha.
     */
    readiness?: {
      /**
       * Seconds between two tries. Left out it is 10.
       */
      periodSeconds?: number;
      /**
       * Seconds after which a try has failed; the login to the database may take two seconds less. Left out it is 5.
       */
      timeoutSeconds?: number;
      /**
       * Failed tries in a row after which the pod gets no requests. Left out it is 3.
       */
      failureThreshold?: number;
    };
  };
  /**
   * Scraping and alerts by the Prometheus operator.
   */
  monitoring: {
    /**
     * Whether a ServiceMonitor and a PrometheusRule are created. Left out, they are created wherever the operator was installed with monitoring. The PodMonitor of a database follows database.monitoring alone.
     */
    enabled?: boolean;
    /**
     * Extra labels of all three, for a Prometheus that selects by label.
     */
    labels?: {
      [k: string]: string;
    };
    /**
     * Alerts that the PrometheusRule leaves out, by name. Without any alert left there is no PrometheusRule.
     */
    excludeAlerts?: (
      | 'BestieNotAvailable'
      | 'BestieCrashLooping'
      | 'BestieOOMKilled'
      | 'BestieAtMaxReplicas'
      | 'BestieHighErrorRate'
      | 'BestieHighLatency'
      | 'BestieBackupStale'
      | 'BestieRolledBack'
      | 'BestieDatabaseReplicationLag'
      | 'BestieDatabaseDiskFilling'
      | 'BestieDatabaseConnectionsHigh'
      | 'BestieDatabaseArchivingFails'
    )[];
    /**
     * Thresholds of the alerts of the PrometheusRule.
     */
    thresholds: {
      /**
       * Share of the reads of the application's API, in percent, that may end with a server error (5xx). More is BestieHighErrorRate. Defaults to 5.
       */
      errorRatePercent: number;
      /**
       * Time within which 95 percent of the reads of the application's API must be answered. Longer is BestieHighLatency. Less than 10 seconds, which is as far as the application measures. Defaults to 1000.
       */
      latencyMilliseconds: number;
      /**
       * Age that the last backup in a repository may reach; older is BestieBackupStale. Left out, it is, for each repository, one and a half times the longest time that its schedules leave between two backups, 36 hours where none of them runs, and a repository without a schedule has no such alert.
       */
      backupAgeSeconds?: number;
      /**
       * Time that a replica of a database with database.monitoring may be behind its primary; more is BestieDatabaseReplicationLag. Left out, it is 300. It holds for the PrometheusRule; changing it restarts nothing. Stability: alpha.
       */
      databaseReplicationLagSeconds?: number;
      /**
       * Share of a volume of a database with database.monitoring, in percent, that may be used; more is BestieDatabaseDiskFilling. Left out, it is 85. It holds for the PrometheusRule; changing it restarts nothing. Stability: alpha.
       */
      databaseDiskPercent?: number;
      /**
       * Share of max_connections of a database with database.monitoring, in percent, that may be used, by Postgres' own processes too, of which there are about eight; more is BestieDatabaseConnectionsHigh. Left out, it is 80. It holds for the PrometheusRule; changing it restarts nothing. Stability: alpha.
       */
      databaseConnectionsPercent?: number;
    };
  };
  /**
   * Restriction of the pods' traffic.
   */
  networkPolicy: {
    /**
     * Whether a NetworkPolicy is created. Defaults to false.
     */
    enabled: boolean;
    /**
     * Connections to the pods of the application and of its migrations that are let in beside those to port 8000, as in the ingress of a NetworkPolicy; an empty item lets everything in. It holds for the NetworkPolicy, so it has no effect while networkPolicy.enabled is false; changing it restarts nothing. Stability: stable.
     */
    extraIngress?: {
      /**
       * Ports of the pods; every port where left out.
       */
      ports?: {
        /**
         * Protocol of the port. Defaults to TCP.
         */
        protocol: 'TCP' | 'UDP' | 'SCTP';
        /**
         * A number, or the name of a port of a container: http is that of the application. Left out, it is every port of the protocol.
         */
        port?: number | string;
        /**
         * Last port of a range that begins with port.
         */
        endPort?: number;
      }[];
      /**
       * Who may open connections; any address where left out.
       */
      from?: {
        /**
         * Pods by label; an empty one selects all. In the Namespace of the Bestie, or in those of namespaceSelector.
         */
        podSelector?: {
          matchLabels?: MatchLabels;
          matchExpressions?: MatchExpressions;
        };
        /**
         * Namespaces by label; an empty one selects all.
         */
        namespaceSelector?: {
          matchLabels?: MatchLabels;
          matchExpressions?: MatchExpressions;
        };
        /**
         * A range of addresses.
         */
        ipBlock?: {
          cidr: Cidr;
          except?: Except;
        };
      }[];
    }[];
    /**
     * Connections that the pods of the application and of its migrations may open beside those to DNS, to the database and to port 443, as in the egress of a NetworkPolicy; an empty item lets everything out. Refused with an external database, where everything is let out. It holds for the NetworkPolicy, so it has no effect while networkPolicy.enabled is false; changing it restarts nothing. Stability: stable.
     */
    extraEgress?: {
      /**
       * Ports of the peers; every port where left out.
       */
      ports?: {
        /**
         * Protocol of the port. Defaults to TCP.
         */
        protocol: 'TCP' | 'UDP' | 'SCTP';
        /**
         * A number, or the name of a port of the peers. Left out, it is every port of the protocol.
         */
        port?: number | string;
        /**
         * Last port of a range that begins with port.
         */
        endPort?: number;
      }[];
      /**
       * Where connections may go; any address where left out.
       */
      to?: {
        /**
         * Pods by label; an empty one selects all. In the Namespace of the Bestie, or in those of namespaceSelector.
         */
        podSelector?: {
          matchLabels?: MatchLabels2;
          matchExpressions?: MatchExpressions2;
        };
        /**
         * Namespaces by label; an empty one selects all.
         */
        namespaceSelector?: {
          matchLabels?: MatchLabels2;
          matchExpressions?: MatchExpressions2;
        };
        /**
         * A range of addresses.
         */
        ipBlock?: {
          cidr: Cidr;
          except?: Except;
        };
      }[];
    }[];
  };
  /**
   * Where the data is.
   */
  database: {
    /**
     * Which operator runs the database. Crunchy is a PostgresCluster of Crunchy PGO that belongs to this Bestie; External is a database that is run elsewhere, described by secretName. Left out, it is Crunchy.
     */
    provider?: 'Crunchy' | 'External';
    /**
     * Secret in the Bestie's Namespace with the keys uri, host, port, dbname, user and password of an external database.
     */
    secretName?: string;
    /**
     * Major version of Postgres. It cannot be changed once the Bestie exists. Defaults to 17.
     */
    postgresVersion: number;
    /**
     * Number of Postgres instances; more than one gives automatic fail-over. Defaults to 1.
     */
    replicas: number;
    /**
     * Volume of each Postgres instance.
     */
    storage: {
      /**
       * Size of the volume. It may grow where the storage class allows it, and never shrinks. Defaults to 5Gi.
       */
      size: string;
      /**
       * StorageClass of the volumes; the cluster's default where left out.
       */
      className?: string;
    };
    /**
     * What the data of a new managed database is copied from: the backups of another one. It is copied once, when the Bestie is created, and the field can be neither added, changed nor removed later. The copy is a database of its own: nothing is written to its source, no sample data is loaded, and the migrations of the requested version run on it. A database of the expected name that exists already is left as it is. Stability: alpha.
     */
    dataSource?: {
      /**
       * A Bestie in the same Namespace whose database exists. It keeps running. Stability: alpha.
       */
      bestie?: {
        /**
         * Its name. Stability: alpha.
         */
        name: string;
        /**
         * Name of the repository in its database.backups.repos to copy from; its first one if it is left out. Stability: alpha.
         */
        repository?: 'repo1' | 'repo2' | 'repo3' | 'repo4';
      };
      /**
       * A bucket that holds the backups of a database, also of one that is gone. Exactly one of s3, gcs and azure. Stability: alpha.
       */
      repository?: {
        /**
         * The path of the backups in the bucket, such as /pgbackrest/team-a/bestie-1a2b3c4d/repo2. Its end says for which repository the keys in credentialsSecret are; without one of repo1 to repo4 they are for repo1. Stability: alpha.
         */
        path: string;
        s3?: S3;
        gcs?: Gcs;
        azure?: Azure;
        credentialsSecret?: CredentialsSecret;
      };
      /**
       * The state of the data that is copied; everything that is archived if it is left out. Stability: alpha.
       */
      target?: {
        time?: Time;
        /**
         * The data as of the end of one backup, by the label that pgbackrest info shows, such as 20261124-010002F or 20261124-010002F_20261125-010001I.
         */
        backup?: string;
      };
    };
    /**
     * Where and when the database is backed up.
     */
    backups: {
      /**
       * Repositories, the first of which takes the backups before an upgrade and on demand. The first stays the first; one on a volume can neither be removed nor become another kind, for the database operator would delete it. Defaults to [{name: repo1, volume: {}, schedules: {full: 0 1 * * 0, incremental: 0 1 * * 1-6}}].
       */
      repos: {
        /**
         * Name of the repository.
         */
        name: 'repo1' | 'repo2' | 'repo3' | 'repo4';
        /**
         * A volume beside the database. It is deleted with the database.
         */
        volume?: {
          /**
           * Size of the volume. Defaults to 10Gi.
           */
          size: string;
        };
        s3?: S3;
        gcs?: Gcs;
        azure?: Azure;
        credentialsSecret?: CredentialsSecret;
        /**
         * When scheduled backups are taken; none where left out.
         */
        schedules?: {
          /**
           * Cron schedule of full backups.
           */
          full?: string;
          /**
           * Cron schedule of backups of what changed since the last full one.
           */
          differential?: string;
          /**
           * Cron schedule of backups of what changed since the last one of any kind.
           */
          incremental?: string;
        };
        /**
         * Days for which full backups, and what is needed to restore from them, are kept. Defaults to 14.
         */
        retentionFullDays: number;
      }[];
      /**
       * Any new string; each new value takes one full backup into the first repository.
       */
      onDemand?: string;
      /**
       * Drills, which prove that the backups can be restored: a copy of the database is made from a repository, checked with the image of the application, and removed with its volumes. Left out, there are none. Stability: alpha.
       */
      verify?: {
        /**
         * When drills begin; none by time where it is left out. At least once between two full backups is a good choice. Stability: alpha.
         */
        schedule?: string;
        /**
         * Name of the repository that is verified; the first one if it is left out. Stability: alpha.
         */
        repository?: 'repo1' | 'repo2' | 'repo3' | 'repo4';
        /**
         * Any new string; each new value is one drill. Stability: alpha.
         */
        onDemand?: string;
        /**
         * Size of the volume of the copy; that of database.storage if it is left out. Stability: alpha.
         */
        storage?: string;
        /**
         * CPU, memory and ephemeral-storage of the Postgres container of the copy, and of the Job that fills it; those of database.resources if it is left out. Stability: alpha.
         */
        resources?: {
          /**
           * What the scheduler sets aside.
           */
          requests?: {
            [k: string]: number | string;
          };
          limits?: Limits;
        };
        /**
         * Seconds from the creation of the copy until a drill that has not ended is given up, and counts as failed. Defaults to 7200. Stability: alpha.
         */
        timeoutSeconds: number;
      };
    };
    /**
     * Whether the first migration also loads the sample data, demo accounts with a public password among it. Left out, a new managed database is seeded and an external one never.
     */
    seed?: boolean;
    /**
     * Connections that the database takes at most (max_connections of Postgres). Changing it restarts a managed database, where Postgres' own 100 hold when it is left out, and with less than 25, which Patroni does not take; for an external one it states what the server allows, so that too many pods are reported.
     */
    maxConnections?: number;
    /**
     * Metrics of a managed database, and alerts on them. Left out, there are none.
     */
    monitoring?: {
      /**
       * Whether each instance of the database has the exporter of Crunchy PGO, which a PodMonitor lets the Prometheus operator scrape, and the PrometheusRule has alerts on replication lag, disk, connections and WAL archiving. It holds for the PostgresCluster, the PodMonitor and the PrometheusRule. Changing it restarts every Postgres pod, replicas first; a single instance is unavailable meanwhile. Pods of the application are not restarted. Refused with an external database, and with Postgres 18 and later, which the exporter does not support. Stability: alpha.
       */
      enabled: boolean;
    };
    /**
     * Parameters of Postgres of a managed database, by name in lower case. A value is a text or a whole number; words such as on, and fractions, are quoted. They hold for every Postgres instance. The user guide lists those that are taken, and those that restart Postgres when they change: each instance in place, so that for seconds nothing is written, whatever database.replicas is. All others are reloaded. No pod of the application restarts. max_connections is database.maxConnections. Stability: alpha.
     */
    parameters?: {
      [k: string]: number | string;
    };
    /**
     * CPU and memory of the Postgres container of each instance of a managed database; none are set where they are left out. A change restarts the pods of Postgres, one after the other, the replicas first; with database.replicas 1 the database is away until its pod is ready again. Memory must hold shared_buffers. Stability: stable.
     */
    resources?: {
      /**
       * What the scheduler sets aside for each container.
       */
      requests?: {
        [k: string]: number | string;
      };
      /**
       * What each container may use at most.
       */
      limits?: {
        [k: string]: number | string;
      };
    };
    /**
     * A volume of its own for the write-ahead log of each instance of a managed database, beside storage. Left out, the log is on the volume of database.storage. Adding it moves the log there, and removing it moves the log back and then deletes the volume; either restarts the pods of Postgres, one after the other, the replicas first, and with database.replicas 1 the database is away meanwhile. The volume that the log moves to must have room for it.
     */
    walStorage?: {
      /**
       * Size of the volume of the write-ahead log of each instance. It may grow where the storage class allows it, which restarts nothing, and never shrinks. Removing walStorage deletes the volume, and one that is added later may have any size. Stability: alpha.
       */
      size: string;
      /**
       * StorageClass of the volume of the write-ahead log; that of database.storage where left out. It cannot be changed while the volume exists. Stability: alpha.
       */
      className?: string;
    };
    /**
     * Scheduling preferences of the pods of Postgres of a managed database, as in the Pod API. A change restarts them, one after the other, the replicas first; with database.replicas 1 the database is away until its pod is ready again. Stability: stable.
     */
    affinity?: {
      nodeAffinity?: {
        preferredDuringSchedulingIgnoredDuringExecution?: {
          preference: {
            matchExpressions?: {
              key: string;
              operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
              values?: string[];
            }[];
            matchFields?: MatchFields;
          };
          weight: number;
        }[];
        requiredDuringSchedulingIgnoredDuringExecution?: {
          nodeSelectorTerms: {
            matchExpressions?: {
              key: string;
              operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
              values?: string[];
            }[];
            matchFields?: MatchFields;
          }[];
        };
      };
      podAffinity?: {
        preferredDuringSchedulingIgnoredDuringExecution?: PreferredDuringSchedulingIgnoredDuringExecution2;
        requiredDuringSchedulingIgnoredDuringExecution?: RequiredDuringSchedulingIgnoredDuringExecution2;
      };
      podAntiAffinity?: {
        preferredDuringSchedulingIgnoredDuringExecution?: PreferredDuringSchedulingIgnoredDuringExecution2;
        requiredDuringSchedulingIgnoredDuringExecution?: RequiredDuringSchedulingIgnoredDuringExecution2;
      };
    };
    /**
     * Taints that the pods of Postgres of a managed database tolerate, as in the Pod API. A change restarts them, one after the other, the replicas first; with database.replicas 1 the database is away until its pod is ready again. Stability: stable.
     */
    tolerations?: {
      effect?: '' | 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
      key?: string;
      operator?: '' | 'Equal' | 'Exists';
      tolerationSeconds?: number;
      value?: string;
    }[];
    /**
     * PriorityClass of the pods of Postgres of a managed database. One that the cluster does not have is not applied until it exists, and the pods that run stay; DatabaseReady names it. A change restarts the pods of Postgres, one after the other, the replicas first; with database.replicas 1 the database is away until its pod is ready again. Stability: stable.
     */
    priorityClassName?: string;
    /**
     * Extra annotations of the pods of Postgres of a managed database, for a mesh or an agent; the database operator writes them on their StatefulSets and volume claims, too. A change restarts the pods of Postgres, one after the other, the replicas first; with database.replicas 1 the database is away until its pod is ready again. Stability: alpha.
     */
    podAnnotations?: {
      [k: string]: string;
    };
    /**
     * PgBouncer between the application and a managed database, run by Crunchy PGO in pods of its own. It lends a connection of the database for one transaction at a time, so that many pods share few connections. Its limits follow from size or maxReplicas and from maxConnections. Left out, the application connects to the database itself.
     */
    pooler?: {
      /**
       * Whether the pods of the Deployment connect through the pooler. Migration Jobs always connect to the database itself. It holds for the PostgresCluster and the Deployment. When it is switched on, the pods of the application are restarted once, as soon as the pooler is ready; when it is switched off, they are restarted once before the pooler is removed. Postgres is not restarted. An external database gets no pooler. Stability: alpha.
       */
      enabled: boolean;
      /**
       * Number of pods of the pooler. With two, one of them can be replaced or lost while the other one serves. Each takes its share of the connections of the database. Changing it restarts neither the pods of the application nor Postgres. Defaults to 2. Stability: alpha.
       */
      replicas: number;
    };
  };
  /**
   * How a change of image or version is carried out.
   */
  upgrade: {
    /**
     * Backup of the database before the migrations of another image. Auto takes one where the operator runs the database and reports where it cannot; Required does not upgrade without one; Skip takes none. Defaults to Auto.
     */
    backup: 'Auto' | 'Required' | 'Skip';
    /**
     * Seconds after which a backup that has not finished is reported as late. The operator keeps waiting for it. Defaults to 3600.
     */
    backupTimeoutSeconds: number;
    /**
     * Seconds without progress after which a rollout has failed. Defaults to 600.
     */
    progressDeadlineSeconds: number;
    /**
     * Seconds after which a migration that has not ended has failed. Defaults to 3600.
     */
    migrationDeadlineSeconds: number;
    /**
     * What becomes of the Deployment when the new version fails. Rollback returns to the version that ran before, on the schema that was migrated; Halt leaves it as it is. Restore stops the application before the backup and the migrations. If the migrations fail, it restores that backup and returns to the version that ran before. Once they have succeeded it is as Rollback. Defaults to Rollback.
     */
    onFailure: 'Rollback' | 'Halt' | 'Restore';
  };
  /**
   * A restore of the managed database from its backups, in place. Each new id is one request. The application is stopped meanwhile, and what was written after the target is gone from the database.
   */
  restore?: {
    /**
     * Any new name for this request, of lower-case letters, digits and hyphens. A restore is carried out once for each id. One that is there when the Bestie or its database is created is passed over. Stability: alpha.
     */
    id: string;
    /**
     * What to bring back; exactly one of the three. Stability: alpha.
     */
    target: {
      /**
       * Everything that is archived.
       */
      latest?: true;
      time?: Time;
      /**
       * The data as of the end of one backup, by the label that pgbackrest info shows, such as 20261124-010002F or 20261124-010002F_20261125-010001I.
       */
      backup?: string;
    };
    /**
     * Name of the repository in database.backups.repos to restore from; the first one if it is left out. Stability: alpha.
     */
    repository?: 'repo1' | 'repo2' | 'repo3' | 'repo4';
    /**
     * Backup of what is there now, before it is replaced. Auto takes one unless the database is down; Required does not restore without one; Skip takes none. After a restore that has failed or does not end none is taken. Defaults to Auto. Stability: alpha.
     */
    backup: 'Auto' | 'Required' | 'Skip';
  };
  /**
   * Settings for the pods of the migration Jobs alone. A change is no reason to migrate again and restarts no pod of the application.
   */
  migration?: {
    /**
     * Extra labels, over those of spec.podLabels.
     */
    podLabels?: {
      [k: string]: string;
    };
    /**
     * Extra annotations, over those of spec.podAnnotations, such as the one that keeps the sidecar of a mesh out of a Job.
     */
    podAnnotations?: {
      [k: string]: string;
    };
  };
  /**
   * What becomes of a managed database when the Bestie is deleted. Delete deletes it with its volumes; BackupThenDelete does so after a last backup to an S3, GCS or Azure repository; Retain keeps it. Defaults to Delete.
   */
  deletionPolicy: 'Delete' | 'BackupThenDelete' | 'Retain';
  /**
   * While true, the Bestie cannot be deleted; if deletion has already started, all children are kept. Defaults to false.
   */
  deletionProtection: boolean;
  /**
   * How many completed migration Jobs are kept for reading. Defaults to 3.
   */
  successfulJobsHistoryLimit: number;
  /**
   * How many failed migration Jobs of earlier specs are kept for reading. Defaults to 1.
   */
  failedJobsHistoryLimit: number;
}
/**
 * Where the value comes from.
 */
export interface ValueFrom {
  /**
   * A key of a Secret in the Bestie's Namespace.
   */
  secretKeyRef?: {
    /**
     * Name of the object.
     */
    name: string;
    /**
     * Key in it.
     */
    key: string;
    /**
     * Whether the pod starts without it.
     */
    optional?: boolean;
  };
  /**
   * A key of a ConfigMap in the Bestie's Namespace.
   */
  configMapKeyRef?: {
    /**
     * Name of the object.
     */
    name: string;
    /**
     * Key in it.
     */
    key: string;
    /**
     * Whether the pod starts without it.
     */
    optional?: boolean;
  };
  /**
   * A field of the pod, as in the Pod API.
   */
  fieldRef?: {
    /**
     * Path of the field, one that the Pod API takes in an environment, for example metadata.name or metadata.labels['app'].
     */
    fieldPath: string;
  };
}
export interface EnvFromItem {
  /**
   * Text before the name of each variable.
   */
  prefix?: string;
  /**
   * A ConfigMap in the Bestie's Namespace.
   */
  configMapRef?: {
    /**
     * Name of the object.
     */
    name: string;
    /**
     * Whether the pod starts without it.
     */
    optional?: boolean;
  };
  /**
   * A Secret in the Bestie's Namespace.
   */
  secretRef?: {
    /**
     * Name of the object.
     */
    name: string;
    /**
     * Whether the pod starts without it.
     */
    optional?: boolean;
  };
}
export interface VolumeMountsItem {
  /**
   * Name of a volume of spec.volumes.
   */
  name: string;
  /**
   * Absolute path in the container, without a colon.
   */
  mountPath: string;
  /**
   * Relative path in the volume, in place of its root. A file that is mounted so does not follow changes of its ConfigMap or Secret.
   */
  subPath?: string;
  /**
   * Whether the container may only read.
   */
  readOnly?: boolean;
}
/**
 * CPU and memory of the container. A Namespace with a quota may demand them.
 */
export interface Resources {
  /**
   * What the scheduler sets aside for the container.
   */
  requests?: {
    [k: string]: number | string;
  };
  limits?: Limits;
}
/**
 * What the container may use at most.
 */
export interface Limits {
  [k: string]: number | string;
}
/**
 * Security context of the container. Nothing is added to it; a Namespace under a Pod Security standard may demand fields.
 */
export interface SecurityContext {
  /**
   * Whether a process may gain more rights than its parent.
   */
  allowPrivilegeEscalation?: boolean;
  /**
   * Whether the image's file system is read-only.
   */
  readOnlyRootFilesystem?: boolean;
  /**
   * As in podSecurityContext, for this container alone.
   */
  runAsNonRoot?: boolean;
  /**
   * As in podSecurityContext, for this container alone.
   */
  runAsUser?: number;
  /**
   * Linux capabilities.
   */
  capabilities?: {
    /**
     * Capabilities to add.
     */
    add?: string[];
    /**
     * Capabilities to remove.
     */
    drop?: string[];
  };
}
/**
 * A command in the container; exit code 0 is success.
 */
export interface Exec {
  /**
   * The command and its arguments.
   */
  command: string[];
}
/**
 * A request over HTTP; a status from 200 to 399 is success.
 */
export interface HttpGet {
  /**
   * Path of the request.
   */
  path?: string;
  /**
   * Number of the port.
   */
  port: number;
  /**
   * HTTP or HTTPS.
   */
  scheme?: 'HTTP' | 'HTTPS';
}
/**
 * The health check of gRPC.
 */
export interface Grpc {
  /**
   * Number of the port.
   */
  port: number;
  /**
   * The service that is asked for.
   */
  service?: string;
}
export interface PodAffinityTerm {
  labelSelector?: LabelSelector;
  matchLabelKeys?: MatchLabelKeys;
  mismatchLabelKeys?: MatchLabelKeys;
  namespaceSelector?: LabelSelector;
  namespaces?: string[];
  topologyKey: string;
}
export interface LabelSelector {
  matchExpressions?: {
    key: string;
    operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    values?: string[];
  }[];
  matchLabels?: {
    [k: string]: string;
  };
}
/**
 * Labels that must have these values.
 */
export interface MatchLabels {
  [k: string]: string;
}
/**
 * Labels that must have these values.
 */
export interface MatchLabels2 {
  [k: string]: string;
}
/**
 * A bucket of S3 or of a service with the same API.
 */
export interface S3 {
  /**
   * Name of the bucket.
   */
  bucket: string;
  /**
   * Host of the service, with a port where it has one of its own.
   */
  endpoint: string;
  /**
   * Region of the bucket.
   */
  region: string;
}
/**
 * A bucket of Google Cloud Storage.
 */
export interface Gcs {
  /**
   * Name of the bucket.
   */
  bucket: string;
}
/**
 * A container of Azure Blob Storage.
 */
export interface Azure {
  /**
   * Name of the container.
   */
  container: string;
}
export interface PodAffinityTerm2 {
  labelSelector?: LabelSelector2;
  matchLabelKeys?: MatchLabelKeys;
  mismatchLabelKeys?: MatchLabelKeys;
  namespaceSelector?: LabelSelector2;
  namespaces?: string[];
  topologyKey: string;
}
export interface LabelSelector2 {
  matchExpressions?: {
    key: string;
    operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    values?: string[];
  }[];
  matchLabels?: {
    [k: string]: string;
  };
}
/**
 * What was observed. Written by the operator only. Defaults to {observedGeneration: -1}.
 */
export interface BestieStatus {
  /**
   * Generation of the spec that this status is about.
   */
  observedGeneration?: number;
  /**
   * Version that is rolled out and available; a digest is cut to its first twelve digits; image has all of it.
   */
  appversion?: string;
  /**
   * Image reference that the Deployment is set to run.
   */
  image?: string;
  /**
   * One line per pod of the application that is not terminating: name : phase : image.
   */
  podstatus?: string[];
  /**
   * Number of application pods.
   */
  replicas?: number;
  /**
   * Number of application pods that are ready.
   */
  readyReplicas?: number;
  /**
   * Label selector of the application pods, for the scale subresource.
   */
  selector?: string;
  /**
   * Where the application is reachable from outside, or inside the cluster where it is not exposed.
   */
  url?: string;
  /**
   * The database in use.
   */
  database?: {
    /**
     * Name of the PostgresCluster, or of the Secret of an external database.
     */
    name?: string;
    /**
     * True while the pods of the application are to connect through the pooler of the database. Left out where they connect to the database itself.
     */
    pooler?: boolean;
    /**
     * Whether the role and the database exist and an instance is ready. Left out for an external database.
     */
    usable?: boolean;
    /**
     * Image references whose migrations were completed on this database, the latest last.
     */
    migrated?: string[];
  };
  /**
   * The last change of the image reference, in progress or ended. Left out before the first one.
   */
  upgrade?: {
    /**
     * Image reference that ran before.
     */
    from?: string;
    /**
     * Image reference that is wanted.
     */
    to?: string;
    /**
     * How far it is: Refused, Stopping, BackingUp, Migrating, RollingOut, RollingBack; ended: Succeeded, Failed, RolledBack, Aborted; SetBack after one that failed, once the version was set back and is available.
     */
    phase?: string;
    /**
     * When the phase began.
     */
    since?: string;
    /**
     * Id of the backup that was taken for it.
     */
    backupID?: string;
    /**
     * Value of the annotation retry-upgrade with which the attempt began. Another value starts another attempt once it has failed.
     */
    retry?: string;
    /**
     * Why it failed or is waiting, in one CamelCase word.
     */
    reason?: string;
    /**
     * Why it failed or is waiting, as a sentence.
     */
    message?: string;
    /**
     * Upgrades of this Bestie that succeeded.
     */
    succeeded?: number;
    /**
     * Upgrades of this Bestie that failed, rolled back or not.
     */
    failed?: number;
    /**
     * The last ten that ended, the latest first.
     */
    history?: {
      /**
       * Image reference that ran before.
       */
      from: string;
      /**
       * Image reference that was wanted.
       */
      to: string;
      /**
       * Phase in which it ended.
       */
      result: string;
      /**
       * Why it failed, in one CamelCase word.
       */
      reason?: string;
      /**
       * When it ended.
       */
      at: string;
    }[];
  };
  /**
   * The last restore on request, in progress or ended. Left out before the first one.
   */
  restore?: {
    /**
     * The id of the request; that of the backup, where a failed migration is undone.
     */
    id?: string;
    /**
     * How far it is: Waiting, BackingUp, Stopping, Restoring, Migrating, Starting, Finishing; Failed, until a user chooses how to go on; ended: Succeeded, Refused, PassedOver, CalledOff, Abandoned.
     */
    phase?: string;
    /**
     * What is to be brought back.
     */
    target?: string;
    /**
     * The repository that it is restored from.
     */
    repository?: string;
    /**
     * The state that the data was brought to, as far as it is known.
     */
    reached?: string;
    /**
     * Id of the backup that was taken before it.
     */
    backupID?: string;
    /**
     * When the phase began.
     */
    since?: string;
    /**
     * When it was requested.
     */
    startedAt?: string;
    /**
     * When it ended.
     */
    completedAt?: string;
    /**
     * Why it failed, waits or was not carried out, in one CamelCase word.
     */
    reason?: string;
    /**
     * Why it failed, waits or was not carried out, as a sentence.
     */
    message?: string;
    /**
     * Restores that succeeded.
     */
    succeeded?: number;
    /**
     * Restores that failed.
     */
    failed?: number;
    /**
     * The last ten that ended, the latest first.
     */
    history?: {
      /**
       * The id of the request.
       */
      id: string;
      /**
       * What was to be brought back.
       */
      target: string;
      /**
       * Phase in which it ended, or Replaced by another id.
       */
      result: string;
      /**
       * Why, in one CamelCase word.
       */
      reason?: string;
      /**
       * Id of the backup that was taken before it.
       */
      backupID?: string;
      /**
       * When it ended.
       */
      at: string;
    }[];
  };
  /**
   * Backups of a managed database; the first three fields are of the last one that succeeded, whatever its repository.
   */
  backup?: {
    /**
     * Id of a backup that was requested, or the name of the CronJob that took it.
     */
    id?: string;
    /**
     * Repository that has it.
     */
    repo?: string;
    /**
     * When it ended.
     */
    completedAt?: string;
    /**
     * The last drill that succeeded. Left out before the first.
     */
    verified?: {
      /**
       * When it ended.
       */
      at: string;
      /**
       * Name of the repository.
       */
      repository: string;
      /**
       * The state of the data that was asked for, in words.
       */
      target: string;
      /**
       * Seconds from the creation of the copy to the end of its check.
       */
      took: number;
      /**
       * The revision of Alembic that the copy has.
       */
      revision: string;
    };
    /**
     * What is known of each repository of the spec, in its order. Left out for an external database.
     */
    repositories?: {
      /**
       * Name of the repository.
       */
      name: string;
      /**
       * Whether it takes backups. The condition BackupReady has the reason why not.
       */
      ready: boolean;
      /**
       * The last backup in it that is known to have succeeded. Left out before the first.
       */
      lastSuccess?: {
        /**
         * Id of a backup that was requested, or the name of the CronJob that took it.
         */
        id: string;
        /**
         * What was backed up; full, diff or incr. Left out where the database operator does not report it.
         */
        type?: string;
        /**
         * When it ended.
         */
        completedAt: string;
      };
      /**
       * The last backup into it that is known to have failed. Left out before the first.
       */
      lastFailure?: {
        /**
         * Id of a backup that was requested, or the name of the CronJob that took it.
         */
        id: string;
        /**
         * What was to be backed up; full, diff or incr. Left out where the database operator does not report it.
         */
        type?: string;
        /**
         * When it began. The database operator does not report when a backup failed.
         */
        startedAt?: string;
        /**
         * Why, in one CamelCase word; docs/conditions.md has them.
         */
        reason: string;
      };
      /**
       * When the next scheduled backup begins. Left out without a schedule, and while none would start.
       */
      nextRun?: string;
      /**
       * Backups that are known to have succeeded, the latest first, ten at most. Older ones may exist; the list may contain some that retention has deleted.
       */
      backups?: {
        /**
         * Id of a backup that was requested, or the name of the CronJob that took it.
         */
        id: string;
        /**
         * What was backed up; full, diff or incr. Left out where the database operator does not report it.
         */
        type?: string;
        /**
         * When it ended.
         */
        completedAt: string;
      }[];
    }[];
  };
  /**
   * Changes of children that were requested and have not been applied yet. Left out where there is none.
   */
  pendingChanges?: {
    /**
     * Kind of the child.
     */
    kind: string;
    /**
     * Name of the child.
     */
    name: string;
    /**
     * What was requested.
     */
    operation: 'Update' | 'Delete';
    /**
     * Since when the child has differed from what is wanted, or has existed although it is not wanted.
     */
    since: string;
    /**
     * Whether the change has not been applied for more than two resyncs. The condition of the child reports it.
     */
    refused?: boolean;
  }[];
  /**
   * Children whose creation was requested, from the request until three minutes after they exist. Left out where there is none.
   */
  creations?: {
    /**
     * Kind of the child.
     */
    kind: string;
    /**
     * Name of the child.
     */
    name: string;
    /**
     * When the creation was requested, or when the child was created.
     */
    since: string;
    /**
     * Whether the child has not been created for more than two resyncs. The condition of the child reports it.
     */
    refused?: boolean;
  }[];
  /**
   * What the conditions report because it has lasted too long, or as long as it lasts. It keeps replicas whose clocks differ in agreement. Left out where there is nothing.
   */
  reported?: {
    /**
     * Reason of a condition.
     */
    reason: string;
    /**
     * Kind of the object that the reason is about.
     */
    kind: string;
    /**
     * Name of the object.
     */
    name: string;
    /**
     * What distinguishes it from other findings with this reason about the object.
     */
    detail?: string;
    /**
     * Since when it has been so, where no object records it.
     */
    since?: string;
  }[];
  /**
   * Fields of children that admission or another controller sets, as JSON pointers; their live values are left as they are. Left out where there is none.
   */
  contestedFields?: {
    /**
     * Kind of the child.
     */
    kind: string;
    /**
     * Name of the child.
     */
    name: string;
    /**
     * JSON pointer to the field. In a list that is merged by a key, an item has the key as its name.
     */
    field: string;
  }[];
  /**
   * State in the form that kubectl wait and GitOps tools read; every type and reason is in docs/conditions.md.
   */
  conditions?: {
    /**
     * Type of the condition.
     */
    type: string;
    /**
     * Whether the condition holds.
     */
    status: 'True' | 'False' | 'Unknown';
    /**
     * Why, in one CamelCase word.
     */
    reason: string;
    /**
     * Why, and what to do about it, as a sentence.
     */
    message: string;
    /**
     * When the status last changed.
     */
    lastTransitionTime: string;
  }[];
}
