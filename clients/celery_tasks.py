"""The Celery application that celery_facts.py runs workers of. BROKER is the server's address."""

import os
import time

from celery import Celery

app = Celery("weir", broker=os.environ["BROKER"], backend="rpc://")
app.conf.update(
    task_default_queue="celery-facts",
    task_queue_max_priority=10,
    worker_prefetch_multiplier=1,
    broker_transport_options={"confirm_publish": True},
)

run = 0


@app.task
def add(x, y):
    return x + y


@app.task
def number():
    """The how many-th this is that the worker's process runs."""
    global run
    run += 1
    return run


@app.task
def when():
    return time.time()


@app.task(bind=True, max_retries=3)
def works_the_third_time(self):
    if self.request.retries < 2:
        raise self.retry(countdown=0)
    return self.request.retries


@app.task(bind=True, max_retries=1)
def never_works(self):
    try:
        raise ValueError("not today")
    except ValueError as error:
        raise self.retry(exc=error, countdown=0)


@app.task(bind=True, acks_late=True)
def ends_with_its_worker(self, pipe):
    """Says that it runs, and waits; if it was delivered before, it is done."""
    if self.request.delivery_info["redelivered"]:
        return "again"
    with open(pipe, "w") as told:
        told.write("running")
    while True:
        time.sleep(1)
