namespace Vitrine.Interp.Circuits;

/// <content>Balancing.</content>
internal static partial class Eigenvalues
{
    private const int BalancingSweeps = 100;

    // Row i is divided by a power of two and column i multiplied by it, which changes no eigenvalue
    // and rounds nothing, until no such step shortens them by a twentieth.
    private static void Balance(double[] h, int n)
    {
        bool changed = true;
        for (int sweep = 0; changed && sweep < BalancingSweeps; sweep++)
        {
            changed = false;
            for (int i = 0; i < n; i++)
            {
                double row = 0;
                double column = 0;
                for (int j = 0; j < n; j++)
                {
                    row += j == i ? 0 : Math.Abs(h[(i * n) + j]);
                    column += j == i ? 0 : Math.Abs(h[(j * n) + i]);
                }

                if (row == 0 || column == 0)
                {
                    continue;
                }

                int power = (Math.ILogB(row) - Math.ILogB(column)) / 2;
                if (Math.ScaleB(row, -power) + Math.ScaleB(column, power) < 0.95 * (row + column))
                {
                    changed = true;
                    for (int j = 0; j < n; j++)
                    {
                        h[(i * n) + j] = Math.ScaleB(h[(i * n) + j], -power);
                        h[(j * n) + i] = Math.ScaleB(h[(j * n) + i], power);
                    }
                }
            }
        }
    }
}
