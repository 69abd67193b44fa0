#!/usr/bin/env bash
# A real Slurm on four hosts of a private network: a head and three nodes. Both forms of cluster/slurm run the sweep while
# jobs are requeued, cancelled and preempted; the tables must be those of a local run.
# shellcheck source=cluster/test/world.sh
source "${BASH_SOURCE[0]%/*}/world.sh"

readonly nodes=(node1 node2 node3)
export SLURM_CONF=/mnt/slurm/slurm.conf

configure_slurm() {
  install -d -m 755 /mnt/slurm /mnt/slurm/log /mnt/munge
  install -d -m 700 /mnt/slurm/state
  cat >"$SLURM_CONF" <<-END
	ClusterName=test
	SlurmctldHost=head($hosts_network.1)
	SlurmUser=root
	MailProg=/bin/true
	# Of this test only. A job that was requeued waits until its old credentials have expired.
	AuthInfo=socket=/mnt/munge/socket,cred_expire=5
	StateSaveLocation=/mnt/slurm/state
	SlurmdSpoolDir=/mnt/slurm/spool-%n
	SlurmctldPidFile=/mnt/slurm/slurmctld.pid
	SlurmdPidFile=/mnt/slurm/slurmd-%n.pid
	SlurmctldLogFile=/mnt/slurm/log/slurmctld
	SlurmdLogFile=/mnt/slurm/log/slurmd-%n
	# No control groups: they belong to the machine, not to the test.
	ProctrackType=proctrack/linuxproc
	TaskPlugin=task/none
	JobAcctGatherType=jobacct_gather/none
	MpiDefault=none
	SwitchType=switch/none
	SelectType=select/cons_tres
	SelectTypeParameters=CR_Core
	SlurmdParameters=config_overrides
	SchedulerParameters=sched_min_interval=100000,sched_interval=1,bf_interval=1,batch_sched_delay=0,requeue_delay=0
	PreemptType=preempt/partition_prio
	PreemptMode=REQUEUE
	ReturnToService=2
	KillWait=10
	NodeName=node[1-3] CPUs=2 State=UNKNOWN
	PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE PriorityTier=2 PreemptMode=OFF
	PartitionName=spare Nodes=ALL MaxTime=INFINITE PriorityTier=1 PreemptMode=REQUEUE GraceTime=0
	END
}

start_slurm() {
  dd if=/dev/urandom of=/mnt/munge/key bs=128 count=1 status=none
  chmod 600 /mnt/munge/key
  munged --key-file /mnt/munge/key --socket /mnt/munge/socket --pid-file /mnt/munge/pid --seed-file /mnt/munge/seed \
    --log-file /mnt/munge/log --force 2>/dev/null
  slurmctld
  for node in "${nodes[@]}"; do
    start_host "$node"
    on "$node" slurmd -N "$node"
  done
  eventually 60 all_idle || { sinfo; fail "the nodes do not become idle"; }
}
all_idle() { [[ $(sinfo --noheader --format %t,%D) == idle,3 ]]; }

# Submits as the user, from the shared directory, and prints the number of the job.
submit() { (cd /mnt/shared && as_user sbatch --parsable "$@"); }
has_ended() { [[ -z $(squeue --noheader --jobs "$1" 2>/dev/null) ]]; }
is_running() { squeue --noheader --jobs "$1" --states RUNNING --format %i | grep -q .; }
state_of() { scontrol show job "$1" | sed -n 's/.*JobState=\([A-Z]*\).*Restarts.*/\1/p; s/^ *JobState=\([A-Z]*\).*/\1/p' | head -n 1; }
exit_code_of() { scontrol show job "$1" | sed -n 's/.*ExitCode=\([0-9]*\):.*/\1/p' | head -n 1; }

six_have_joined() { (($(grep -c 'worker node[1-3]:.* joined$' /mnt/shared/icd-one.log) == 6)); }

test_one_job() {
  local directory=/mnt/shared/one job
  evidence+=(/mnt/shared/icd-one.log)
  job=$(submit --nodes 3 --cpus-per-task 2 --output icd-one.log \
    /mnt/source/cluster/slurm/one-job.sbatch /mnt/sweep.yaml "$directory")
  eventually 90 at_least_done "$directory" 10 || fail "the job does not get going"
  expect_no_secret "$directory/join.json"
  eventually 30 six_have_joined || fail "not two workers on each node"
  note "one job, 3 nodes: $(trials_done "$directory") trials done; requeued by hand"
  scontrol requeue "$job"
  eventually 30 bash -c "squeue --noheader --jobs $job --states PENDING | grep -q ." || fail "it is not requeued"
  local before
  before=$(trials_done "$directory")
  note "back in the queue with $before trials done"
  eventually 90 at_least_done "$directory" $((before + 10)) || fail "it does not go on"
  note "it went on, $(trials_done "$directory") trials done; cancelled"
  scancel "$job"
  eventually 30 has_ended "$job" || fail "it does not end when cancelled"
  before=$(trials_done "$directory")
  ((before < trials)) || fail "the sweep is too short to be cancelled in the middle"
  # The time of the next job is up at once, so to say: the signal that comes before that.
  job=$(submit --nodes 3 --cpus-per-task 2 --output icd-one.log \
    /mnt/source/cluster/slurm/one-job.sbatch /mnt/sweep.yaml "$directory")
  eventually 90 at_least_done "$directory" $((before + 5)) || fail "a new job does not go on"
  scancel --batch --signal USR1 "$job"
  note "a new job, $(trials_done "$directory") trials done; its time is nearly up"
  eventually 30 bash -c "squeue --noheader --jobs $job --states PENDING | grep -q ." || fail "it does not requeue itself"
  note "requeued by itself with $(trials_done "$directory") trials done"
  eventually 120 has_ended "$job" || fail "it does not end"
  [[ $(state_of "$job"),$(exit_code_of "$job") == COMPLETED,0 ]] || fail "it ended as $(state_of "$job")"
  expect_reference_tables "$directory"
  expect_no_strike /mnt/shared/icd-one.log
  note "done in $(grep -c 'listening on' /mnt/shared/icd-one.log) attempts; the tables are those of a local run"
}

test_coordinator_and_array() {
  local directory=/mnt/shared/two coordinator workers other
  evidence+=(/mnt/shared/icd-two.log /mnt/shared/icd-workers-1.log)
  coordinator=$(submit --output icd-two.log /mnt/source/cluster/slurm/coordinator.sbatch /mnt/sweep.yaml "$directory")
  workers=$(submit --dependency "after:$coordinator" --array 1-4 --partition spare --output icd-workers-%a.log \
    /mnt/source/cluster/slurm/workers.sbatch "$directory")
  eventually 90 at_least_done "$directory" 10 || fail "the workers do not get going"
  note "coordinator and 4 workers: $(trials_done "$directory") trials done; two whole nodes are wanted by others"
  other=$(submit --nodes 2 --ntasks-per-node 2 --output none.log --wrap 'srun sleep 3')
  eventually 60 is_running "$other" || fail "the workers are not preempted"
  eventually 60 has_restarted "$workers" || fail "no worker was requeued"
  note "$(restarts "$workers") workers were preempted; the coordinator is requeued"
  scontrol requeue "$coordinator"
  eventually 60 has_ended "$other"
  eventually 60 is_running "$coordinator" || fail "the coordinator is not requeued"
  note "the coordinator runs again, $(trials_done "$directory") trials done"
  eventually 150 has_ended "$coordinator" || fail "the sweep does not end"
  [[ $(state_of "$coordinator"),$(exit_code_of "$coordinator") == COMPLETED,0 ]] || fail "$(state_of "$coordinator")"
  eventually 60 has_ended "$workers" || fail "the workers do not end with the sweep"
  expect_reference_tables "$directory"
  expect_no_strike /mnt/shared/icd-two.log
  note "done, the workers have ended; the tables are those of a local run"
}
restarts() { scontrol show job "$1" | grep -c 'Restarts=[1-9]'; }
has_restarted() { (($(restarts "$1") > 0)); }

# Nobody was lost without a word: whoever was stopped said goodbye, and no trial got a strike.
expect_no_strike() {
  if grep -E "worker_lost|will be tried again" "$1"; then fail "a worker that was stopped in order counts as lost"; fi
}

expect_nothing_left() {
  for node in "${nodes[@]}"; do
    [[ -z $(processes_of_user "$node") ]] || fail "left on $node: $(processes_of_user "$node")"
    [[ -z $(on "$node" find /tmp -mindepth 1) ]] || fail "left on $node: $(on "$node" find /tmp -mindepth 1)"
  done
}

evidence+=(/mnt/slurm/log/slurmctld)
make_files
make_network
configure_slurm
start_slurm
note "Slurm $(sinfo --version | cut -d' ' -f2) with ${#nodes[@]} nodes"
trials=$(as_user /mnt/icd plan /mnt/sweep.yaml | sed -n 's/.*= \([0-9]*\) trials.*/\1/p')
readonly trials
test_one_job
test_coordinator_and_array
expect_nothing_left
note "no process and no file left on any node"
