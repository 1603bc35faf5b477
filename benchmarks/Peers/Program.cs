using System.Globalization;
using System.Text.Json;
using TorchSharp;
using Vitrine.Peers;
using Vitrine.Tensors;

// Peers gemm|attention|step [rounds] [one shape or number of layers]
// In processes of their own: times LAYERS ROUNDS STEPS | peak ours|theirs LAYERS | natives
string mode = args.Length > 0 ? args[0] : "gemm";
string? only = args.Length > 2 ? args[2] : null;
int Number(int index) => int.Parse(args[index], CultureInfo.InvariantCulture);
int rounds = 7;
if (mode is "gemm" or "attention" or "step" && args.Length > 1
    && (!int.TryParse(args[1], CultureInfo.InvariantCulture, out rounds) || rounds < 1))
{
    mode = "help";
}

WorkerPool.Threads = 2;
if (mode is not "peak" || args[1] == "theirs")
{
    torch.set_num_threads(2);
}

switch (mode)
{
    case "natives":
        break;
    case "gemm":
        GemmReport.Run(rounds, only);
        break;
    case "attention":
        AttentionReport.Run(rounds, only);
        break;
    case "step":
        StepReport.Run(rounds, only);
        break;
    case "times":
        Console.WriteLine(JsonSerializer.Serialize(
            StepPeers.Measure(Number(1), Number(2), Number(3))));
        break;
    case "peak":
        Console.WriteLine(StepPeers.PeakBytes(args[1], Number(2), steps: 10));
        break;
    default:
        Console.Error.WriteLine(
            "Peers: gemm|attention|step [rounds] [one shape or number of layers].");
        Environment.ExitCode = 2;
        break;
}
