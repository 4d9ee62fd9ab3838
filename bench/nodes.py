"""Three Weir servers on this machine as a cluster, for the scripts beside this file. Standard library only."""
import http.client
import json
import os
import signal
import subprocess
import time

HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
NODES = (1, 2, 3)


class Cluster:
    def __init__(self, work, first_port=17400, heap="512m", shards=None):
        self.work = work
        self.first_port = first_port
        self.heap = heap
        self.shards = shards
        self.processes = {}

    def sqs(self, node):
        return ("127.0.0.1", self.first_port + 10 * node)

    def admin(self, node):
        return ("127.0.0.1", self.first_port + 10 * node + 1)

    def _cluster(self, node):
        return f"127.0.0.1:{self.first_port + 10 * node + 2}"

    def start(self, node):
        environment = dict(
            os.environ,
            WEIR_NODE_ID=str(node),
            WEIR_DATA=f"{self.work}/node-{node}",
            WEIR_SQS_PORT=str(self.sqs(node)[1]),
            WEIR_ADMIN_PORT=str(self.admin(node)[1]),
            WEIR_KAFKA_PORT="0",
            WEIR_AMQP_PORT=str(self.first_port + 10 * node + 3),
            WEIR_CLUSTER_HOST="127.0.0.1",
            WEIR_CLUSTER_PORT=self._cluster(node).split(":")[1],
            WEIR_CLUSTER_ADVERTISE="127.0.0.1",
            WEIR_CLUSTER_SEEDS=",".join(map(self._cluster, NODES)),
            WEIR_JAVA_OPTS=f"-Xmx{self.heap} " + os.environ.get("WEIR_JAVA_OPTS", ""),
        )
        if self.shards:
            environment["WEIR_SHARDS"] = str(self.shards)
        log = open(f"{self.work}/node-{node}.log", "a")
        # A group of its own: Ctrl-C is for the script, which ends the nodes itself.
        self.processes[node] = subprocess.Popen([HOME + "/weir", "server"], env=environment, stdout=log,
                                                stderr=subprocess.STDOUT, start_new_session=True)

    def kill(self, node):
        """As a power cut of the process: nothing is told to it."""
        self.processes[node].send_signal(signal.SIGKILL)
        self.processes[node].wait()

    def close(self):
        for process in self.processes.values():
            if process.poll() is None:
                process.terminate()
        for process in self.processes.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def status(self, node):
        return http_json(self.admin(node), "GET", "/api/v1/cluster")

    def await_whole(self, patience=120, settled=True):
        """Until all nodes are there and each shard has its replicas, none far behind; and, if settled, until every leader is where it
        is to be. Returns the status."""
        end = time.monotonic() + patience
        troubles = None
        while time.monotonic() < end:
            try:
                status = self.status(NODES[0])
                troubles = status["troubles"]
                led = all(g.get("leader") and (not settled or g.get("preferred") in (None, g["leader"])) for g in status["groups"])
                caught_up = all(r.get("lag", 0) < 200 for g in status["groups"] for r in g["replicas"])
                if not troubles and led and caught_up and len(status["nodes"]) == len(NODES):
                    return status
            except (OSError, http.client.HTTPException, KeyError, json.JSONDecodeError) as e:
                troubles = repr(e)
            time.sleep(0.5)
        raise SystemExit(f"the cluster is not whole after {patience} s: {troubles}; see {self.work}")

    def cpu_seconds(self, node):
        fields = open(f"/proc/{self.processes[node].pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_mb(self, node):
        for line in open(f"/proc/{self.processes[node].pid}/status"):
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0


def http_json(address, method, path, body=None, timeout=10):
    connection = http.client.HTTPConnection(*address, timeout=timeout)
    try:
        connection.request(method, path, json.dumps(body) if body is not None else None, {"Content-Type": "application/json"})
        response = connection.getresponse()
        text = response.read()
        if response.status >= 300:
            raise http.client.HTTPException(f"{response.status} {text[:300]}")
        return json.loads(text) if text else {}
    finally:
        connection.close()


class Refused(Exception):
    """The server said no, in SQS's words."""


class Sqs:
    """SQS's JSON protocol over one connection that is kept. Whatever goes wrong with the connection closes it."""

    def __init__(self, address, timeout=10):
        self.address = address
        self.timeout = timeout
        self.connection = None

    def call(self, action, body):
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection(*self.address, timeout=self.timeout)
            self.connection.request("POST", "/", json.dumps(body),
                                    {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AmazonSQS." + action})
            response = self.connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        if response.status != 200:
            raise Refused(f"{response.status} {text[:300]}")
        return json.loads(text) if text else {}

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None
