"""Facts about AMQP as Celery sees it: real workers, killed ones too. Usage: celery_facts.py amqp://USER:PASSWORD@HOST:PORT/%2f"""

import atexit
import os
import signal
import subprocess
import sys
import tempfile
import time

os.environ["BROKER"] = sys.argv[1]

import celery
import kombu
from celery.exceptions import TaskRevokedError

from celery_tasks import add, app, ends_with_its_worker, never_works, number, when, works_the_third_time
from facts import fact, tell

SECONDS_MAX = 40

scratch = tempfile.TemporaryDirectory()
log = open(os.path.join(scratch.name, "workers.log"), "w+")
workers = []


def start_worker():
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "celery_tasks", "worker", "--concurrency", "1", "--loglevel", "warning",
         "--hostname", "worker%d@localhost" % len(workers)],
        start_new_session=True, stdout=log, stderr=log)
    workers.append(worker)
    return worker


def kill(worker):
    """It and the processes that it has started, at once."""
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


atexit.register(lambda: [kill(worker) for worker in workers])
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


@fact
def tasks_that_wait_are_run_by_priority():
    results = {priority: number.apply_async(priority=priority) for priority in (1, 9, 5)}
    start_worker()
    order = sorted(results, key=lambda priority: results[priority].get(timeout=SECONDS_MAX))
    assert order == [9, 5, 1], order


@fact
def results_come_back():
    assert add.delay(2, 3).get(timeout=SECONDS_MAX) == 5


@fact
def a_group_is_done_when_all_of_it_is():
    together = celery.group(add.s(i, i) for i in range(20)).apply_async()
    assert together.get(timeout=SECONDS_MAX) == [2 * i for i in range(20)]


@fact
def the_links_of_a_chain_follow_each_other():
    assert (add.s(1, 2) | add.s(3) | add.s(4))().get(timeout=SECONDS_MAX) == 10


@fact
def a_task_is_tried_again_until_it_works():
    assert works_the_third_time.delay().get(timeout=SECONDS_MAX) == 2


@fact
def a_task_that_never_works_fails_with_its_own_error():
    try:
        never_works.delay().get(timeout=SECONDS_MAX)
    except ValueError as error:
        assert "not today" in str(error)
    else:
        raise AssertionError("it worked")


@fact
def a_task_with_a_countdown_lets_others_pass_and_is_never_early():
    sent = time.time()
    late = when.apply_async(countdown=2)
    soon = when.delay().get(timeout=SECONDS_MAX)
    ran = late.get(timeout=SECONDS_MAX)
    assert soon < ran and ran >= sent + 2, (sent, soon, ran)


@fact
def workers_answer_remote_control():
    (answer,) = app.control.ping(limit=1, timeout=SECONDS_MAX)
    assert list(answer.values()) == [{"ok": "pong"}], answer
    (queues,) = app.control.inspect(limit=1, timeout=SECONDS_MAX).active_queues().values()
    assert [queue["name"] for queue in queues] == ["celery-facts"], queues


@fact
def a_task_that_is_revoked_is_not_run():
    late = when.apply_async(countdown=3)
    app.control.revoke(late.id, reply=True, limit=1, timeout=SECONDS_MAX)
    try:
        late.get(timeout=SECONDS_MAX)
    except TaskRevokedError:
        return
    raise AssertionError("it was run")


@fact
def a_task_whose_worker_is_killed_is_run_again():
    pipe = os.path.join(scratch.name, "pipe")
    os.mkfifo(pipe)
    result = ends_with_its_worker.delay(pipe)
    with open(pipe) as told:
        assert told.read() == "running"
    kill(workers[-1])
    start_worker()
    assert result.get(timeout=SECONDS_MAX) == "again"


@fact
def a_worker_that_is_asked_to_ends_by_itself():
    worker = workers[-1]
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(SECONDS_MAX) == 0


code = tell("celery %s, kombu %s" % (celery.__version__, kombu.__version__))
if code:
    log.seek(0)
    print("# The workers said:\n# " + log.read().replace("\n", "\n# "))
with app.connection_for_write() as last:
    last.default_channel.queue_delete("celery-facts")
sys.exit(code)
