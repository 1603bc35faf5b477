using System.Globalization;
using TorchSharp;
using Vitrine.Peers;
using Vitrine.Tensors;

// Peers gemm|attention|step [rounds] [one shape or number of layers] | peak ours|theirs LAYERS
string mode = args.Length > 0 ? args[0] : "gemm";
string? only = args.Length > 2 ? args[2] : null;
WorkerPool.Threads = 2;
if (mode == "peak")
{
    if (args[1] == "theirs")
    {
        torch.set_num_threads(2);
    }

    int layers = int.Parse(args[2], CultureInfo.InvariantCulture);
    Console.WriteLine(StepPeers.PeakBytes(args[1], layers, steps: 10));
    return;
}

if (args.Length < 2 || !int.TryParse(args[1], CultureInfo.InvariantCulture, out int rounds))
{
    rounds = 7;
}

torch.set_num_threads(2);
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
    default:
        Console.Error.WriteLine(
            "Peers: gemm|attention|step [rounds] [one shape or number of layers], "
            + "or peak ours|theirs LAYERS.");
        Environment.ExitCode = 2;
        break;
}
