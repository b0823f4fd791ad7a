"""Travellers who all want the last tickets: half of them by name, half without.

Run by systems_load_test.py, or by hand against examples/train-reservation.yaml:

    locust -f tests/load/train_reservation_locustfile.py --host http://127.0.0.1:8000 --users 500 --spawn-rate 500

Every traveller asks until there is a final answer, then asks for its status. At the end the run fails unless exactly
DOORWARD_TEST_TICKETS have a ticket, no two the same one, and everybody else was told so: sold out, or a place of one's
own in the queue.
"""

import os

from locust import FastHttpUser, constant, events, task
from locust.exception import StopUser

TICKETS = int(os.environ.get("DOORWARD_TEST_TICKETS", "1"))
VISITORS = int(os.environ.get("DOORWARD_TEST_VISITORS", "0"))

SOLD_OUT = {"detail": "티켓 매진"}
LOCKED = {"detail": "예약 중입니다. 잠시 후 다시 시도해주세요."}


class Run:
    came = 0
    ended = 0
    reserved = []
    queued = {}
    sold_out = 0
    faults = []


run = Run()


class Traveller(FastHttpUser):
    wait_time = constant(0)
    network_timeout = 60.0
    connection_timeout = 60.0

    @task
    def travel(self):
        if VISITORS and run.came >= VISITORS:
            raise StopUser  # locust makes up for travellers who went home
        run.came += 1
        try:
            (self.by_name if run.came % 2 else self.without)(f"traveller {run.came}")
        except (AssertionError, OSError) as fault:
            run.faults.append(str(fault))
        run.ended += 1
        if VISITORS and run.ended >= VISITORS:
            self.environment.runner.quit()
        raise StopUser

    def ask(self, **more):
        while True:
            with self.client.post("/reserve", name="reserve", catch_response=True, **more) as answer:
                answer.success()
                if answer.status_code == 429:
                    assert answer.json() == LOCKED and int(answer.headers["Retry-After"]) >= 1
                    continue
                return answer.status_code, answer.json()

    def without(self, _):
        status, answer = self.ask()
        if status == 400:
            assert answer == SOLD_OUT, answer
            run.sold_out += 1
            return
        assert status == 200 and answer["message"] == "예약 성공!", (status, answer)
        run.reserved.append(answer["user_id"])
        self.confirm(answer["user_id"], "reserved")

    def by_name(self, user):
        status, answer = self.ask(json={"user_id": user})
        assert status == 200 and answer["user_id"] == user, (status, answer)
        if answer["status"] == "reserved":
            run.reserved.append(user)
            self.confirm(user, "reserved")
            assert self.ask(json={"user_id": user})[1]["status"] == "already_reserved"
            return
        assert answer["status"] == "queued" and answer["position"] >= 1, answer
        assert answer["position"] not in run.queued, f"two stand at {answer['position']}"
        run.queued[answer["position"]] = user
        self.confirm(user, "in_queue")

    def confirm(self, user, wanted):
        answer = self.client.get(f"/status/{user.replace(' ', '%20')}", name="status")
        assert answer.status_code == 200 and answer.json()["status"] == wanted, (answer.status_code, answer.text)


@events.quitting.add_listener
def check(environment, **_):
    faults = list(run.faults)
    if len(run.reserved) != TICKETS:
        faults.append(f"{len(run.reserved)} have one of {TICKETS} tickets")
    if len(set(run.reserved)) != len(run.reserved):
        faults.append("one has two tickets")
    if VISITORS and run.came != VISITORS:
        faults.append(f"{run.came} travellers of {VISITORS}")
    if sorted(run.queued) != list(range(1, len(run.queued) + 1)):
        faults.append("the queue has gaps")
    if len(run.reserved) + len(run.queued) + run.sold_out != run.came:
        faults.append("somebody got no answer")
    print(f"{run.came} travellers: {len(run.reserved)} reserved, {len(run.queued)} queued, {run.sold_out} sold out")
    for fault in faults[:20]:
        print("FAULT", fault)
    environment.process_exit_code = 1 if faults else 0
