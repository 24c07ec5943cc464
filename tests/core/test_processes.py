"""Which of several processes this is, as each way of starting them says it."""

import pytest

from multigan.core.processes import Place, find_place, first_node

STEP = {
    "SLURM_STEP_NUM_TASKS": "8",
    "SLURM_PROCID": "5",
    "SLURM_LOCALID": "1",
    "SLURM_STEP_NODELIST": "gpu[07-08]",
    "SLURM_JOB_ID": "1000031",
}


def test_what_a_place_says_of_itself_is_read_back():
    place = Place(3, 4, 1, "node2", 29400)
    assert find_place(place.environment()) == place


def test_a_process_alone_has_no_place():
    assert find_place({}) is None
    assert find_place({"WORLD_SIZE": "1", "RANK": "0"}) is None
    assert find_place(STEP | {"SLURM_STEP_NUM_TASKS": "1"}) is None
    in_allocation_but_not_by_srun = {"SLURM_NTASKS": "8", "SLURM_PROCID": "0"}
    assert find_place(in_allocation_but_not_by_srun) is None


def test_steps_of_slurm_meet_on_the_first_machine():
    assert find_place(STEP) == Place(5, 8, 1, "gpu07", 20031)


def test_torchs_variables_come_before_slurms():
    assert find_place(STEP | Place(0, 2, 0, "here", 1234).environment()).world_size == 2


@pytest.mark.parametrize(
    ("nodes", "first"),
    [
        ("gpu07", "gpu07"),
        ("gpu[07-09,12],login1", "gpu07"),
        ("a1,a2", "a1"),
        ("rack[1-2]node[3-4]", "rack1node3"),
        ("dgx-a[3,5]", "dgx-a3"),
    ],
)
def test_first_of_slurms_lists(nodes, first):
    assert first_node(nodes) == first
