/* tocsind: options, the table of processes, start. */
int main(void)
{
    return 0;
}
