using TorchSharp;
using Vitrine.Peers;
using Vitrine.Tensors;

WorkerPool.Threads = 2;
torch.set_num_threads(2);
int rounds = args.Length > 1 ? int.Parse(args[1]) : 5;
if (args is ["attention", ..])
{
    foreach ((int heads, int pos, int dHead) in AttentionPeers.Shapes)
    {
        if (args.Length <= 2 || args[2] == $"{heads}x{pos}x{dHead}")
        {
            AttentionPeers.Print(heads, pos, dHead, rounds);
        }
    }

    return;
}

foreach ((int m, int k, int n) in GemmPeers.Shapes)
{
    foreach ((bool ta, bool tb) in new[] { (false, false), (true, false), (false, true) })
    {
        if (args.Length > 2 && args[2] != $"{m}x{k}x{n}") continue;
        GemmResult r = GemmPeers.Measure(m, k, n, ta, tb, rounds);
        Console.WriteLine(
            $"{m,5} {k,5} {n,6} {(ta ? 'T' : 'N')}{(tb ? 'T' : 'N')}  ours {r.Flops / r.Ours.Min() / 1e9,7:F1} "
            + $"torch {r.Flops / r.Theirs.Min() / 1e9,7:F1} ratio {r.Theirs.Min() / r.Ours.Min(),6:F2} "
            + $"median {r.Theirs.Order().ElementAt(rounds / 2) / r.Ours.Order().ElementAt(rounds / 2),6:F2} diff {r.LargestDifference:E1}");
    }
}
